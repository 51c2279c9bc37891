/** One of some values, chosen from a list that opens. Typed by its options: `onChange` gets a value of one of them. */
import { Select as Base } from '@base-ui/react/select';
import { Check } from 'lucide-react';
import { SearchSelect } from './search-select.tsx';
import { type Option, SelectContent, type SelectProps, selectClasses } from './select-button.tsx';

/** A list with more options is searched by typing. */
const MAX_PLAIN = 30;

/** A controlled select. One with many options has a search field: an account may have a thousand labels. */
export function Select<Value extends string | number | boolean | null>(props: SelectProps<Value>) {
  return props.options.length > MAX_PLAIN ? <SearchSelect {...props} /> : <PlainSelect {...props} />;
}

/** Base UI reports any value, so the chosen one is looked up among the options. */
function PlainSelect<Value extends string | number | boolean | null>({
  value,
  options,
  onChange,
  label,
  disabled,
  size,
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
      <Base.Trigger aria-label={label} className={selectClasses({ size, className })}>
        <SelectContent mark={options.find((one) => one.value === value)?.mark}>
          <Base.Value className="truncate" />
        </SelectContent>
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
