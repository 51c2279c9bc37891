/** Totals as large figures, each compared with the span before. */
import type { ReactNode } from 'react';
import { useMeasures } from './measures.ts';
import { useReportWords } from './words.ts';

/** A grid of figures. */
export function Figures({ children }: { children: ReactNode }) {
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-panel border border-line bg-line lg:grid-cols-4">
      {children}
    </dl>
  );
}

interface Props {
  label: string;
  /** Null when there was nothing to average. */
  value: number | null;
  before?: number | null;
  format: (value: number) => string;
}

/** One figure, with the change beside its label. */
export function Figure({ label, value, before, format }: Props) {
  const t = useReportWords();
  return (
    <div className="flex flex-col-reverse justify-end bg-pane px-4 py-3">
      <dt className="text-xs text-soft">
        {label}
        {before !== undefined && <Change value={value} before={before} format={format} />}
      </dt>
      <dd className="tabular text-xl font-semibold">{value === null ? t('none') : format(value)}</dd>
    </div>
  );
}

/** The change in percent; from zero there is no percentage, so the old value is shown. */
function Change({ value, before, format }: Required<Omit<Props, 'label'>>) {
  const t = useReportWords();
  const { percent } = useMeasures();
  if (before === null || value === null) return null;
  const share = before === 0 ? undefined : Math.abs(value - before) / before;
  const words =
    value === before
      ? t('same')
      : share === undefined
        ? t('before', { value: format(before) })
        : t(value > before ? 'more' : 'less', { percent: percent(share) });
  return <span className="block">{words}</span>;
}
