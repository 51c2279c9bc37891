/** A plot over days, with a table of the same numbers for screen readers and for copying. */
import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef } from 'react';
import UPlot from 'uplot';
import { useTheme } from '../session/theme.ts';
import { useMeasures } from './measures.ts';
import type { Point } from './use-report.ts';
import { useReportWords } from './words.ts';

/** One line or set of bars. */
export interface Series {
  name: string;
  points: readonly Point[];
  /** A variable of the tokens. */
  color: string;
}

interface Props {
  name: string;
  series: readonly [Series, ...Series[]];
  kind: 'bars' | 'line';
  format: (value: number) => string;
}

/** Height of the plot; reserved before it is drawn. */
const HEIGHT_PX = 200;

/** Distances of grid lines. Counts have no fractions, and times are read in minutes, hours and days. */
const steps = {
  bars: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 50_000, 100_000],
  line: [10, 20, 60, 120, 300, 600, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400, 172_800, 604_800],
};

/** All series share the days of the first one. */
export function Plot({ name, series, kind, format }: Props) {
  const t = useReportWords();
  const { date } = useMeasures();
  const days = series[0].points.map(({ timestamp }) => timestamp);
  const counted = series.flatMap(({ points }) => points.filter(({ count }) => count !== 0));
  const highest = Math.max(...counted.map(({ value }) => value));
  const label = t('plotOf', {
    name,
    from: date(days[0] ?? 0),
    to: date(days.at(-1) ?? 0),
    highest: counted.length ? format(highest) : t('none'),
  });
  return (
    <div className="flex flex-col gap-3">
      {series.length > 1 && <Legend series={series} />}
      <Canvas label={label} series={series} kind={kind} format={format} date={date} />
      <details>
        <summary className="cursor-pointer text-xs text-soft hover:text-ink">{t('asTable')}</summary>
        <Table name={name} series={series} format={format} days={days} />
      </details>
    </div>
  );
}

/** Only with several series. */
function Legend({ series }: { series: readonly Series[] }) {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-soft">
      {series.map(({ name, color }) => (
        <li key={name} className="flex items-center gap-1.5">
          <span aria-hidden className="size-2.5 rounded-sm" style={{ background: `var(${color})` }} />
          {name}
        </li>
      ))}
    </ul>
  );
}

interface CanvasProps extends Pick<Props, 'series' | 'kind' | 'format'> {
  label: string;
  date: (seconds: number) => string;
}

/**
 * uPlot draws on a canvas outside of React. It is drawn anew when numbers, language or theme change, and resized with the
 * page.
 */
function Canvas({ label, series, kind, format, date }: CanvasProps) {
  const place = useRef<HTMLDivElement>(null);
  const theme = useTheme();
  const drawn = JSON.stringify([series, kind, label, theme]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `drawn` holds all of them
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const plot = new UPlot(
      optionsOf({ series, kind, format, date, width: element.clientWidth }),
      dataOf(series, kind),
      element,
    );
    const watch = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT_PX }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      plot.destroy();
    };
  }, [drawn]);
  return <div ref={place} dir="ltr" role="img" aria-label={label} style={{ height: HEIGHT_PX }} />;
}

/** The columns of uPlot. A day without anything to average is a gap, not a zero. */
function dataOf(series: readonly [Series, ...Series[]], kind: Props['kind']): UPlot.AlignedData {
  const days = series[0].points.map(({ timestamp }) => timestamp);
  const values = series.map(({ points }) =>
    points.map(({ value, count }) => (kind === 'line' && count === 0 ? null : value)),
  );
  return [days, ...values];
}

type Drawing = Omit<CanvasProps, 'label'> & { width: number };

/** Reads the colours from the CSS variables of the current theme, since a canvas cannot use them itself. */
function optionsOf({ series, kind, format, date, width }: Drawing): UPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const colorOf = (name: string) => style.getPropertyValue(name).trim();
  const axis: UPlot.Axis = {
    stroke: colorOf('--hoory-grey-11'),
    font: '12px "Inter Variable", system-ui, sans-serif',
    grid: { stroke: colorOf('--hoory-grey-6'), width: 1 },
    ticks: { show: false },
  };
  const bars = UPlot.paths.bars?.({ size: [0.6, 28], radius: 0.2 });
  return {
    width,
    height: HEIGHT_PX,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false },
      y: { range: (_plot, _lowest, highest) => [0, Math.max(highest ?? 0, kind === 'line' ? 60 : 4) * 1.1] },
    },
    axes: [
      { ...axis, size: 28, grid: { show: false }, space: 64, values: (_plot, days) => days.map(date) },
      {
        ...axis,
        size: 56,
        incrs: steps[kind],
        values: (_plot, values) => values.map((value) => (value ? format(value) : '0')),
      },
    ],
    series: [
      {},
      ...series.map(({ color }, at) => ({
        stroke: colorOf(color),
        width: 2,
        points: { show: kind === 'line', size: 5 },
        ...(kind === 'bars' && at === 0 && { fill: colorOf(color), width: 0, paths: bars }),
      })),
    ],
  };
}

interface TableProps extends Pick<Props, 'name' | 'series' | 'format'> {
  days: readonly number[];
}

/** The numbers of the plot. */
function Table({ name, series, format, days }: TableProps) {
  const t = useReportWords();
  const { date } = useMeasures();
  return (
    <table className="tabular mt-2 w-full text-xs">
      <caption className="sr-only">{name}</caption>
      <thead>
        <tr className="text-soft">
          <th scope="col" className="py-1 text-start font-medium">
            {t('day')}
          </th>
          {series.map((one) => (
            <th key={one.name} scope="col" className="py-1 text-end font-medium">
              {one.name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {days.map((day, row) => (
          <tr key={day} className="border-t border-line">
            <th scope="row" className="py-1 text-start font-normal">
              {date(day)}
            </th>
            {series.map((one) => (
              <td key={one.name} className="py-1 text-end">
                {one.points[row]?.count === 0 ? t('none') : format(one.points[row]?.value ?? 0)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
