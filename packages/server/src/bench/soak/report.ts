/** The result of a soak: the comparison of its end with its beginning, a plot in text, and a table for other programs. */
import { quantileOf, toMedian } from '../figures.ts';
import type { Sample } from './sample.ts';

export interface SoakLine {
  name: keyof Sample | 'bytes_per_message';
  /** The 90th percentile of the first window; for `bytes_per_message` the growth of the database in it. */
  first: number;
  /** The median of the last window. */
  last: number;
  isFlat: boolean;
}

/** The last window may exceed the first by this factor and this amount, which noise explains. */
const tolerances = {
  p50_ms: { factor: 1.3, amount: 1 },
  p99_ms: { factor: 1.5, amount: 5 },
  question_ms: { factor: 1.5, amount: 20 },
  memory_mb: { factor: 1.2, amount: 20 },
  descriptors: { factor: 1.1, amount: 10 },
  loop_p99_ms: { factor: 1.3, amount: 2 },
  log_entries: { factor: 1.2, amount: 100 },
  due_deliveries: { factor: 1.5, amount: 50 },
} satisfies Partial<Record<keyof Sample, { factor: number; amount: number }>>;

const measures = Object.keys(tolerances) as (keyof typeof tolerances)[];

/** The first and the last sixth of the soak are compared: ten minutes of an hour. */
const windowPart = 1 / 6;

/** Compares the end with the beginning. @param samples at least six */
export function toSoakLines(samples: readonly Sample[]): SoakLine[] {
  const size = Math.max(2, Math.floor(samples.length * windowPart));
  const [first, last] = [samples.slice(0, size), samples.slice(-size)];
  const lines = measures.map((name): SoakLine => {
    const { factor, amount } = tolerances[name];
    const before = quantileOf(
      first.map((sample) => sample[name]).sort((a, b) => a - b),
      0.9,
    );
    const after = toMedian(last.map((sample) => sample[name]));
    return { name, first: before, last: after, isFlat: after <= before * factor + amount };
  });
  const [before, after] = [bytesPerMessage(first), bytesPerMessage(last)];
  // In the first window the database also takes in what is pruned later, so the last one has no tolerance.
  return [...lines, { name: 'bytes_per_message', first: before, last: after, isFlat: after <= before }];
}

function bytesPerMessage(window: readonly Sample[]): number {
  const [first, last] = [window[0], window.at(-1)];
  const messages = (last?.messages ?? 0) - (first?.messages ?? 0);
  const megabytes = (last?.database_mb ?? 0) - (first?.database_mb ?? 0);
  return messages ? Math.round((megabytes * 1_000_000) / messages) : 0;
}

const columns = 60;
const bars = [...'▁▂▃▄▅▆▇█'];
const plotted = [
  'requests_per_second',
  ...measures,
  'loop_longest_ms',
  'database_mb',
] as const satisfies readonly (keyof Sample)[];

/** The figures over time, one row each, between the least and the greatest figure. */
export function plotSoak(samples: readonly Sample[]): string {
  const width = Math.max(...plotted.map((name) => name.length));
  return plotted
    .map((name) => {
      const points = toPoints(samples.map((sample) => sample[name]));
      const [least, most] = [Math.min(...points), Math.max(...points)];
      const bar = (point: number) =>
        bars[Math.min(bars.length - 1, Math.floor(((point - least) / (most - least || 1)) * bars.length))];
      return `${name.padEnd(width)} ${points.map(bar).join('')} ${least} to ${most}`;
    })
    .join('\n');
}

/** At most `columns` figures, each the greatest of its part, so that no peak is lost. */
function toPoints(figures: readonly number[]): number[] {
  const count = Math.min(columns, figures.length);
  return Array.from({ length: count }, (_, nth) =>
    Math.max(
      ...figures.slice(
        Math.floor((nth * figures.length) / count),
        Math.floor(((nth + 1) * figures.length) / count),
      ),
    ),
  );
}

/** A header and a row for each sample. */
export function toCsv(samples: readonly Sample[]): string {
  const [first] = samples;
  if (!first) return '';
  const rows = samples.map((sample) => Object.values(sample).join(','));
  return `${[Object.keys(first).join(','), ...rows].join('\n')}\n`;
}

/** The plot, and a line for each measure with what it was and what it became. */
export function printSoak(samples: readonly Sample[], lines: readonly SoakLine[]): string {
  const table = lines.map(
    ({ name, first, last, isFlat }) =>
      `${name.padEnd(18)} ${`${first}`.padStart(10)} ${`${last}`.padStart(10)}  ${isFlat ? 'flat' : 'GROWS'}`,
  );
  const head = `${'measure'.padEnd(18)} ${'first'.padStart(10)} ${'last'.padStart(10)}`;
  return [plotSoak(samples), '', head, ...table].join('\n');
}
