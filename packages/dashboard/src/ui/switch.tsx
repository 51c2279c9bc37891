/** On or off: a switch that acts at once, and a box that is ticked. */
import { Checkbox as BaseCheckbox } from '@base-ui/react/checkbox';
import { Switch as BaseSwitch } from '@base-ui/react/switch';
import { Check, Minus } from 'lucide-react';

interface Props {
  checked: boolean;
  onChange: (checked: boolean) => void;
  /** For screen readers, where no `Field` or visible label names it. */
  label?: string;
  disabled?: boolean;
  id?: string;
}

/** A switch takes effect at once; inside a form use `Checkbox`. */
export function Switch({ checked, onChange, label, disabled, id }: Props) {
  return (
    <BaseSwitch.Root
      id={id}
      checked={checked}
      onCheckedChange={onChange}
      disabled={disabled}
      aria-label={label}
      className="relative h-5 w-9 shrink-0 rounded-full bg-(--hoory-grey-8) transition-opacity data-[checked]:bg-accent data-[disabled]:opacity-50"
    >
      <BaseSwitch.Thumb className="absolute start-0.5 top-0.5 size-4 rounded-full bg-white transition-transform data-[checked]:translate-x-4 rtl:data-[checked]:-translate-x-4" />
    </BaseSwitch.Root>
  );
}

interface CheckboxProps extends Props {
  /** Some of what it stands for is ticked. */
  mixed?: boolean;
}

/** A checkbox, with a third state for a group of which some are ticked. */
export function Checkbox({ checked, mixed, onChange, label, disabled, id }: CheckboxProps) {
  return (
    <BaseCheckbox.Root
      id={id}
      checked={checked}
      indeterminate={mixed}
      onCheckedChange={onChange}
      disabled={disabled}
      aria-label={label}
      className="grid size-4 shrink-0 place-items-center rounded-sm border border-control bg-pane data-[checked]:border-accent data-[checked]:bg-accent data-[disabled]:opacity-50 data-[indeterminate]:border-accent data-[indeterminate]:bg-accent"
    >
      <BaseCheckbox.Indicator className="text-on-accent">
        {mixed ? (
          <Minus aria-hidden size={12} strokeWidth={3} />
        ) : (
          <Check aria-hidden size={12} strokeWidth={3} />
        )}
      </BaseCheckbox.Indicator>
    </BaseCheckbox.Root>
  );
}
