/** What the two forms of a select have in common: see `Select`. */
import type { ReactNode } from 'react';

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

/** Class names of the button that opens the list. */
export const selectLook =
  'flex w-full items-center justify-between gap-2 rounded-control border border-control bg-pane px-2.5 text-sm text-ink ' +
  'hover:bg-hover data-[disabled]:opacity-60';
