/** A button that opens the labels of the account, to add them to a conversation or contact and to take them off. */
import type { ReactElement } from 'react';
import { ChoiceList } from '../ui/choice-list.tsx';
import { Picker } from '../ui/picker.tsx';

interface Props {
  /** What is chosen, for screen readers. */
  label: string;
  /** In place of the labels in an account without any. */
  none: string;
  labels: readonly { title: string; color: string }[];
  chosen: readonly string[];
  /** Adds the label, or takes it off where it is. */
  onToggle: (title: string) => void;
  /** Closes after the first choice. Otherwise it stays open, so that several labels can be chosen one after the other. */
  once?: boolean;
  align?: 'start' | 'end';
  trigger: ReactElement;
}

/** The colour of a label is shown before its title. */
export function LabelPicker({ label, none, labels, chosen, onToggle, once, align, trigger }: Props) {
  const toChoice = ({ title, color }: Props['labels'][number]) => ({
    value: title,
    label: title,
    mark: <span aria-hidden className="size-2.5 shrink-0 rounded-full" style={{ background: color }} />,
  });
  return (
    <Picker label={label} align={align} trigger={trigger}>
      {(close) => (
        <ChoiceList
          multiple={!once}
          label={label}
          none={labels.length ? undefined : none}
          choices={labels.map(toChoice)}
          isChosen={(title) => chosen.includes(title)}
          onChoose={(title) => {
            if (once) close();
            onToggle(title);
          }}
        />
      )}
    </Picker>
  );
}
