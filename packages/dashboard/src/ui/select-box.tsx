/** The checkboxes that select rows of a list for a bulk action. */
import { useRef } from 'react';
import { useUiWords } from '../words/ui.ts';
import { classes } from './classes.ts';
import { useSelection } from './selection.ts';
import { Checkbox } from './switch.tsx';

interface Props {
  id: number;
  /** Name of the record in the row, for the label of the checkbox. */
  name: string;
  isChosen: boolean;
  /** Also without pointing at the row. */
  isShown: boolean;
  /** With Shift it reaches back to the one chosen before. */
  onToggle: (id: number, reach: boolean) => void;
  /** Where in the row it lies; the row is a `group`. */
  className: string;
}

/**
 * The checkbox of a row. It lies over the row's picture and appears on hover, or on all rows while some are selected, so
 * that an ordinary list shows no boxes.
 */
export function SelectBox({ id, name, isChosen, isShown, onToggle, className }: Props) {
  const t = useUiWords();
  // The change event of a checkbox does not tell whether Shift was held, so the event before it is remembered.
  const reach = useRef(false);
  const remember = ({ shiftKey }: { shiftKey: boolean }) => {
    reach.current = shiftKey;
  };
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the box inside it is the control
    <label
      onPointerDownCapture={remember}
      onKeyDownCapture={remember}
      className={classes(
        'absolute grid place-items-center rounded-full select-none',
        isChosen ? 'bg-sunk' : 'bg-pane/90',
        !isShown && 'opacity-0 focus-within:opacity-100 pointer-fine:group-hover:opacity-100',
        className,
      )}
    >
      <Checkbox
        label={t('choose', { name })}
        checked={isChosen}
        onChange={() => onToggle(id, reach.current)}
      />
    </label>
  );
}

interface AllProps {
  /** The loaded rows. */
  ids: readonly number[];
  complete: boolean;
  busy: boolean;
  /** Chooses all, also what is not loaded yet. */
  onAll: () => void;
}

/** Selects all rows, or none when all are selected. `onAll` also loads the rows that are not loaded yet. */
export function SelectAll({ ids, complete, busy, onAll }: AllProps) {
  const t = useUiWords();
  const { ids: chosen, choose } = useSelection();
  const isAll = chosen.length > 0 && complete && chosen.length === ids.length;
  return (
    <Checkbox
      label={t('chooseAll')}
      checked={isAll}
      mixed={chosen.length > 0 && !isAll}
      disabled={busy}
      onChange={() => (isAll ? choose([]) : onAll())}
    />
  );
}
