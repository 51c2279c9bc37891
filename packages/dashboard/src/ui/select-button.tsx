/** The props and the button of a select, with and without a search field: see `Select`. */
import { ChevronsUpDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { classes } from './classes.ts';

export interface Option<Value> {
  value: Value;
  label: string;
  /** Shown before the label. */
  mark?: ReactNode;
}

export interface SelectProps<Value> {
  value: Value;
  options: readonly Option<Value>[];
  onChange: (value: Value) => void;
  /** For screen readers, where no `Field` gives one. */
  label?: string;
  disabled?: boolean;
  size?: 'small' | 'normal';
  className?: string;
}

const look =
  'flex w-full items-center justify-between gap-2 rounded-control border border-control bg-pane px-2.5 text-sm text-ink ' +
  'hover:bg-hover data-[disabled]:opacity-60';

/** Class names of the button that opens the list. */
export const selectClasses = ({
  size = 'normal',
  className,
}: Pick<SelectProps<unknown>, 'size' | 'className'>) =>
  classes(look, size === 'small' ? 'h-7' : 'h-8', className);

/** The content of the button: the mark and the label of the chosen option, and an arrow. */
export function SelectContent({ mark, children }: { mark: ReactNode; children: ReactNode }) {
  return (
    <>
      <span className="flex min-w-0 items-center gap-2">
        {mark}
        {children}
      </span>
      <ChevronsUpDown aria-hidden size={14} className="shrink-0 text-icon" />
    </>
  );
}
