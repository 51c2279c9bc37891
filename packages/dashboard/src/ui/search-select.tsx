/** A select with a search field in its list, which shows the first matches only. */
import { Combobox } from '@base-ui/react/combobox';
import { useMemo, useState } from 'react';
import { useUiWords } from '../words/ui.ts';
import { ChoiceParts } from './choice-list.tsx';
import { useMatches } from './matches.ts';
import { SelectContent, type SelectProps, selectClasses } from './select-button.tsx';

/** As `Select`, for more options than somebody reads. The current value comes first, and typing finds the others. */
export function SearchSelect<Value extends string | number | boolean | null>({
  value,
  options,
  onChange,
  label,
  disabled,
  size,
  className,
}: SelectProps<Value>) {
  const t = useUiWords();
  const [isOpen, setOpen] = useState(false);
  const pinned = useMemo(() => new Set([value]), [value]);
  const { typed, setTyped, shown, hiddenCount } = useMatches(options, pinned);
  const current = options.find((one) => one.value === value) ?? null;
  const choose = (chosen: Value) => {
    setOpen(false);
    if (chosen !== value) onChange(chosen);
  };
  return (
    <Combobox.Root
      items={shown}
      filter={null}
      autoHighlight
      value={current}
      inputValue={typed}
      onInputValueChange={setTyped}
      isItemEqualToValue={(one, other) => one.value === other.value}
      open={isOpen}
      onOpenChange={setOpen}
      disabled={disabled}
    >
      <Combobox.Trigger aria-label={label} className={selectClasses({ size, className })}>
        <SelectContent mark={current?.mark}>
          <span className="truncate">{current?.label}</span>
        </SelectContent>
      </Combobox.Trigger>
      <Combobox.Portal>
        <Combobox.Positioner sideOffset={4} align="start" className="z-50 outline-none">
          <Combobox.Popup
            aria-label={label}
            className="floats w-(--anchor-width) max-w-[calc(100vw-16px)] min-w-56 overflow-hidden outline-none"
          >
            <ChoiceParts label={label ?? t('searchHint')} hiddenCount={hiddenCount} onChoose={choose} />
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  );
}
