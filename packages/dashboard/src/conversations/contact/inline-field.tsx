/** A value that is edited in place: a click opens the field, Enter or leaving it saves, Escape restores the value. */
import { isComposing, isEnter } from '@hoory/client';
import { type KeyboardEvent, type ReactNode, useState } from 'react';
import { classes } from '../../ui/classes.ts';
import { useErrorText } from '../../ui/failure.ts';
import { type SaveState, useSave } from '../../ui/field.tsx';
import { useUiWords } from '../../words/ui.ts';
import { useConversationWords } from '../words.ts';

interface Props {
  label: string;
  value: string;
  /** In place of the value while it is not edited. */
  shown?: string;
  /** An identifier. */
  isCode?: boolean;
  isNumber?: boolean;
  type?: 'text' | 'date' | 'url';
  /** Beside the value while it is not edited. */
  after?: ReactNode;
  onSave: (value: string) => Promise<unknown>;
}

/**
 * `typed` is undefined while the value is not edited. After a failed save the field stays open with what was typed. Keys
 * do not reach the shortcuts of the screen.
 */
export function InlineField({ label, value, shown = value, isCode, isNumber, type, after, onSave }: Props) {
  const [typed, setTyped] = useState<string>();
  const [state, save] = useSave(onSave);

  async function finish(): Promise<void> {
    if (typed === undefined) return;
    const next = typed.trim();
    if (next === value || (await save(next))) setTyped(undefined);
  }
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (isEnter(event.nativeEvent)) event.currentTarget.blur();
    if (event.key === 'Escape' && !isComposing(event.nativeEvent)) setTyped(undefined);
    event.stopPropagation();
  };

  return (
    <InlineRow label={label} state={state}>
      {typed === undefined ? (
        <Value {...{ label, shown, isCode, after }} isEmpty={!value} onEdit={() => setTyped(value)} />
      ) : (
        <input
          // biome-ignore lint/a11y/noAutofocus: it was just clicked
          autoFocus
          dir="auto"
          type={type}
          inputMode={isNumber ? 'decimal' : undefined}
          aria-label={label}
          value={typed}
          onChange={({ target }) => setTyped(target.value)}
          onBlur={() => void finish()}
          onKeyDown={onKeyDown}
          className="-mx-1.5 h-7 min-w-0 rounded-control border border-accent bg-pane px-1.5 outline-none"
        />
      )}
    </InlineRow>
  );
}

/** Name and value side by side, and the outcome of the last save below. */
export function InlineRow({
  label,
  state,
  children,
}: {
  label: string;
  state: SaveState;
  children: ReactNode;
}) {
  const ui = useUiWords();
  const errorText = useErrorText();
  return (
    <div className="grid min-h-7 grid-cols-[88px_1fr] items-center gap-2">
      <span className="truncate text-soft" title={label}>
        {label}
      </span>
      {children}
      {state.status === 'saved' && (
        <p role="status" className="col-start-2 text-xs text-green">
          ✓ {ui('saved')}
        </p>
      )}
      {state.status === 'failed' && (
        <p role="alert" className="col-span-2 text-xs text-red">
          {errorText(state.error)}
        </p>
      )}
    </div>
  );
}

interface ValueProps extends Pick<Props, 'label' | 'shown' | 'isCode' | 'after'> {
  isEmpty: boolean;
  onEdit: () => void;
}

/** The value as a button. */
function Value({ label, shown, isCode, after, isEmpty, onEdit }: ValueProps) {
  const t = useConversationWords();
  return (
    <span className="flex min-w-0 items-center">
      <button
        type="button"
        aria-label={`${t('edit', { what: label })}: ${shown || '–'}`}
        onClick={onEdit}
        className={classes(
          '-mx-1.5 min-h-7 min-w-0 flex-1 truncate rounded-control px-1.5 text-start hover:bg-hover',
          isCode && !isEmpty && 'font-mono text-xs',
          isEmpty && 'text-soft',
        )}
      >
        {shown || '–'}
      </button>
      {after}
    </span>
  );
}
