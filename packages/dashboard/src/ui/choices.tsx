/** One of a few values that need explaining: radio buttons, each with a line of help. */
import { Radio } from '@base-ui/react/radio';
import { RadioGroup } from '@base-ui/react/radio-group';
import { type ReactNode, useId } from 'react';

interface Props<Value> {
  value: Value;
  label: string;
  onChange: (value: Value) => void;
  children: ReactNode;
}

/** The group; its children are `Choice`. A change is reported at once, without a button to save. */
export function Choices<Value extends string>({ value, label, onChange, children }: Props<Value>) {
  return (
    <RadioGroup<Value>
      value={value}
      aria-label={label}
      onValueChange={(chosen) => onChange(chosen)}
      className="flex flex-col divide-y divide-line rounded-panel border border-line"
    >
      {children}
    </RadioGroup>
  );
}

/** One radio button. The whole row is its label, so that it is easy to hit with a finger. */
export function Choice({ value, label, help }: { value: string; label: string; help?: ReactNode }) {
  const id = useId();
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the radio inside it is the control
    <label className="flex cursor-pointer items-start gap-3 px-4 py-3 hover:bg-ground">
      <Radio.Root
        value={value}
        aria-labelledby={id}
        className="mt-0.5 grid size-4 shrink-0 place-items-center rounded-full border border-control bg-pane data-[checked]:border-accent data-[checked]:bg-accent"
      >
        <Radio.Indicator className="size-1.5 rounded-full bg-on-accent" />
      </Radio.Root>
      <span>
        <span id={id} className="font-medium">
          {label}
        </span>
        {help && <span className="block text-soft">{help}</span>}
      </span>
    </label>
  );
}
