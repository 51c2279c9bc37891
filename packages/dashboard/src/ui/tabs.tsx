/** Tabs that switch between views of the same thing. */
import { Tabs as Base } from '@base-ui/react/tabs';
import type { ReactNode } from 'react';

/** One tab; `value` names its view. */
export interface Tab<Value> {
  value: Value;
  label: string;
  /** For a label that is only a sign, such as `@`: what it means, for screen readers and the tooltip. */
  name?: string;
  /** A number beside the label. */
  count?: number;
}

interface Props<Value> {
  value: Value;
  tabs: readonly Tab<Value>[];
  onChange: (value: Value) => void;
  label?: string;
  /** The panel of the chosen tab. */
  children?: ReactNode;
}

/** Numbers of five digits and more are rounded (`60K`), so that all tabs fit beside each other. */
const compactCount = (count: number): string =>
  count < 10_000
    ? String(count)
    : new Intl.NumberFormat(document.documentElement.lang, { notation: 'compact' }).format(count);

/** Controlled tabs. Base UI reports any value, so the chosen one is looked up among the tabs. */
export function Tabs<Value extends string>({ value, tabs, onChange, label, children }: Props<Value>) {
  const choose = (chosen: unknown) => {
    const tab = tabs.find((one) => one.value === chosen);
    if (tab) onChange(tab.value);
  };
  return (
    <Base.Root value={value} onValueChange={choose} className="contents">
      <Base.List aria-label={label} className="relative flex gap-1 border-b border-line px-2">
        {tabs.map((tab) => (
          <Base.Tab
            key={tab.value}
            value={tab.value}
            title={tab.name}
            className="flex h-9 items-center gap-1.5 rounded-t-control px-2 text-sm font-medium text-soft hover:text-ink data-[active]:text-ink"
          >
            {tab.name ? (
              <>
                <span aria-hidden>{tab.label}</span>
                <span className="sr-only">{tab.name}</span>
              </>
            ) : (
              tab.label
            )}
            {tab.count !== undefined && (
              <span className="tabular text-xs text-soft">{compactCount(tab.count)}</span>
            )}
          </Base.Tab>
        ))}
        <Base.Indicator className="absolute bottom-[-1px] left-0 h-0.5 w-(--active-tab-width) translate-x-(--active-tab-left) bg-accent transition-transform" />
      </Base.List>
      {children !== undefined && (
        <Base.Panel value={value} className="contents" tabIndex={-1}>
          {children}
        </Base.Panel>
      )}
    </Base.Root>
  );
}
