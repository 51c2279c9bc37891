/** A search field above the choices that match it, for lists as long as an account has agents or labels. */
import { Combobox } from '@base-ui/react/combobox';
import { Check } from 'lucide-react';
import { useState } from 'react';
import { useUiWords } from '../words/ui.ts';
import { Kbd } from './kbd.tsx';
import { type Choice, useMatches } from './matches.ts';

interface Props<Value> {
  /** What is chosen, for screen readers. */
  label: string;
  choices: readonly Choice<Value>[];
  isChosen: (value: Value) => boolean;
  onChoose: (value: Value) => void;
  /** Several may be chosen, one after the other. */
  multiple?: boolean;
  /** In place of the choices when there are none at all. */
  none?: string;
}

/** The list by itself, for a panel that is open already: see `Picker`. */
export function ChoiceList<Value extends string | number>({
  label,
  choices,
  isChosen,
  onChoose,
  multiple = false,
  none,
}: Props<Value>) {
  const [pinned] = useState(() => new Set(choices.map(({ value }) => value).filter(isChosen)));
  const { typed, setTyped, shown, hiddenCount } = useMatches(choices, pinned);
  const chosen = shown.filter(({ value }) => isChosen(value));
  const shared = {
    inline: true,
    open: true,
    items: shown,
    filter: null,
    autoHighlight: true,
    inputValue: typed,
    onInputValueChange: setTyped,
  } as const;
  const parts = <ChoiceParts {...{ label, hiddenCount, none, onChoose }} />;
  return multiple ? (
    <Combobox.Root multiple value={chosen} {...shared}>
      {parts}
    </Combobox.Root>
  ) : (
    <Combobox.Root value={chosen[0] ?? null} {...shared}>
      {parts}
    </Combobox.Root>
  );
}

interface PartsProps<Value> extends Pick<Props<Value>, 'label' | 'none' | 'onChoose'> {
  hiddenCount: number;
}

/** The field, the choices, and how many more there are. Inside a `Combobox.Root` whose items are `Choice`s. */
export function ChoiceParts<Value extends string | number | boolean | null>({
  label,
  none,
  hiddenCount,
  onChoose,
}: PartsProps<Value>) {
  const t = useUiWords();
  return (
    <>
      <Combobox.Input
        aria-label={label}
        placeholder={t('searchHint')}
        className="h-9 w-full border-b border-line bg-transparent px-3 text-sm outline-none placeholder:text-soft"
      />
      <Combobox.Empty>
        <div className="px-3 py-2 text-soft">{none ?? t('noMatch')}</div>
      </Combobox.Empty>
      <Combobox.List className="max-h-[min(288px,var(--available-height))] overflow-y-auto overscroll-contain p-1 empty:p-0">
        {(choice: Choice<Value>) => (
          <ChoiceItem key={String(choice.value)} choice={choice} onChoose={onChoose} />
        )}
      </Combobox.List>
      <Combobox.Status className="text-xs text-soft">
        {hiddenCount > 0 && (
          <div className="border-t border-line px-3 py-1.5">{t('moreChoices', { count: hiddenCount })}</div>
        )}
      </Combobox.Status>
    </>
  );
}

interface ItemProps<Value> extends Pick<Props<Value>, 'onChoose'> {
  choice: Choice<Value>;
}

/** The press is handled here, because Base UI does not report that the chosen value was chosen again. */
function ChoiceItem<Value>({ choice, onChoose }: ItemProps<Value>) {
  const { value, label, mark, keys } = choice;
  return (
    <Combobox.Item
      value={choice}
      onClick={() => onChoose(value)}
      className="flex h-8 items-center gap-2 rounded-control px-2 text-sm outline-none select-none data-[highlighted]:bg-hover"
    >
      {mark}
      <span className="min-w-0 flex-1 truncate">{label}</span>
      <Combobox.ItemIndicator className="text-accent-text">
        <Check aria-hidden size={14} />
      </Combobox.ItemIndicator>
      {keys && <Kbd keys={keys} />}
    </Combobox.Item>
  );
}
