/** One of a few values, chosen from a list that opens. Typed by its options: `onChange` gets a value of one of them. */
import { Select as Base } from '@base-ui/react/select';
import { Check, ChevronsUpDown } from 'lucide-react';
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

/** A controlled select. Base UI reports any value, so the chosen one is looked up among the options. */
export function Select<Value extends string | number | boolean | null>({
  value,
  options,
  onChange,
  label,
  disabled,
  size = 'normal',
  className,
}: SelectProps<Value>) {
  const choose = (chosen: unknown) => {
    const option = options.find((one) => one.value === chosen);
    if (option) onChange(option.value);
  };
  return (
    <Base.Root
      items={options.map((one) => ({ value: one.value, label: one.label }))}
      value={value}
      onValueChange={choose}
      disabled={disabled}
    >
      <Base.Trigger
        aria-label={label}
        className={classes(
          'flex w-full items-center justify-between gap-2 rounded-control border border-control bg-pane px-2.5 text-sm text-ink',
          'hover:bg-hover data-[disabled]:opacity-60',
          size === 'small' ? 'h-7' : 'h-8',
          className,
        )}
      >
        <span className="flex min-w-0 items-center gap-2">
          {options.find((one) => one.value === value)?.mark}
          <Base.Value className="truncate" />
        </span>
        <ChevronsUpDown aria-hidden size={14} className="shrink-0 text-icon" />
      </Base.Trigger>
      <Options options={options} />
    </Base.Root>
  );
}

function Options<Value>({ options }: { options: readonly Option<Value>[] }) {
  return (
    <Base.Portal>
      <Base.Positioner sideOffset={4} alignItemWithTrigger={false} className="z-50 outline-none">
        <Base.Popup className="floats max-h-80 min-w-(--anchor-width) overflow-y-auto p-1">
          {options.map((one) => (
            <Base.Item
              key={String(one.value)}
              value={one.value}
              className="flex h-8 items-center gap-2 rounded-control px-2 text-sm outline-none data-[highlighted]:bg-hover"
            >
              {one.mark}
              <Base.ItemText className="min-w-0 flex-1 truncate">{one.label}</Base.ItemText>
              <Base.ItemIndicator className="text-accent-text">
                <Check aria-hidden size={14} />
              </Base.ItemIndicator>
            </Base.Item>
          ))}
        </Base.Popup>
      </Base.Positioner>
    </Base.Portal>
  );
}
