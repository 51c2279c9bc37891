/** Controls that save by themselves: text when the field is left or Enter is pressed, others at once. */
import { isEnter } from '@hoory/client';
import { type ReactNode, useEffect, useState } from 'react';
import { Field, useSave } from '../ui/field.tsx';
import { Input, Textarea } from '../ui/input.tsx';
import { Select } from '../ui/select.tsx';
import type { Option } from '../ui/select-button.tsx';
import { Switch } from '../ui/switch.tsx';

/** Shared by all three controls. */
interface Props<Value> {
  label: string;
  help?: ReactNode;
  /** The stored value. */
  value: Value;
  save: (value: Value) => Promise<unknown>;
  disabled?: boolean;
}

/** A text field, or an area with `lines`. */
interface TextProps extends Props<string> {
  type?: 'text' | 'email' | 'url' | 'number' | 'date';
  inputMode?: 'decimal';
  lines?: number;
  placeholder?: string;
  /** Returns the fault of the text, or undefined when it may be sent. */
  faultOf?: (text: string) => string | undefined;
  /** Written from left to right in every language: addresses, identifiers. */
  ltr?: boolean;
}

/** Keeps what was typed when it could not be saved. A new `value` from outside replaces it. */
export function SavedText({ label, help, value, save, disabled, lines, faultOf, ltr, ...input }: TextProps) {
  const [text, setText] = useState(value);
  const [fault, setFault] = useState<string>();
  const [state, run] = useSave(save);
  useEffect(() => setText(value), [value]);
  const leave = () => {
    const wrong = faultOf?.(text);
    setFault(wrong);
    if (!wrong && text !== value) void run(text);
  };
  const common = {
    value: text,
    disabled,
    onBlur: leave,
    dir: ltr ? 'ltr' : undefined,
    placeholder: input.placeholder,
  };
  return (
    <Field label={label} help={help} state={state} fault={fault}>
      {lines ? (
        <Textarea {...common} rows={lines} onChange={({ target }) => setText(target.value)} />
      ) : (
        <Input
          {...common}
          {...input}
          onChange={({ target }) => setText(target.value)}
          onKeyDown={({ nativeEvent }) => isEnter(nativeEvent) && leave()}
        />
      )}
    </Field>
  );
}

/** Switches back when the save fails. */
export function SavedSwitch({ label, help, value, save, disabled }: Props<boolean>) {
  const [shown, setShown] = useState(value);
  const [state, run] = useSave(save);
  useEffect(() => setShown(value), [value]);
  const change = async (next: boolean) => {
    setShown(next);
    if (!(await run(next))) setShown(!next);
  };
  return (
    <Field label={label} help={help} state={state} beside>
      <Switch checked={shown} onChange={(next) => void change(next)} disabled={disabled} />
    </Field>
  );
}

interface SelectProps<Value> extends Props<Value> {
  options: readonly Option<Value>[];
}

/** Returns to the stored value when the save fails. */
export function SavedSelect<Value extends string | number | null>({
  label,
  help,
  value,
  save,
  disabled,
  options,
}: SelectProps<Value>) {
  const [shown, setShown] = useState(value);
  const [state, run] = useSave(save);
  useEffect(() => setShown(value), [value]);
  const change = async (next: Value) => {
    setShown(next);
    if (!(await run(next))) setShown(value);
  };
  return (
    <Field label={label} help={help} state={state}>
      <Select
        value={shown}
        options={options}
        onChange={(next) => void change(next)}
        disabled={disabled}
        className="max-w-90"
      />
    </Field>
  );
}
