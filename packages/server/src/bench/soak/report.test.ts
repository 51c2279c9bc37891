/** A soak is flat when its end is like its beginning, and each measure that grows is named. */
import { expect, it } from 'vitest';
import { plotSoak, type SoakLine, toCsv, toSoakLines } from './report.ts';
import type { Sample } from './sample.ts';

const steady: Sample = {
  seconds: 0,
  messages: 0,
  requests_per_second: 200,
  p50_ms: 2,
  p99_ms: 9,
  question_ms: 30,
  visits: 50,
  memory_mb: 150,
  heap_mb: 60,
  descriptors: 90,
  loop_p99_ms: 12,
  loop_longest_ms: 30,
  log_entries: 5000,
  due_deliveries: 2,
  database_mb: 10,
};

/** An hour with a sample each ten seconds, in which `change` differs from an even course. */
const hour = (change: (part: number) => Partial<Sample>): Sample[] =>
  Array.from({ length: 360 }, (_, nth) => ({
    ...steady,
    seconds: (nth + 1) * 10,
    messages: (nth + 1) * 1000,
    database_mb: 10 + nth * 2,
    ...change(nth / 359),
  }));

const growing = (lines: readonly SoakLine[]) => lines.filter(({ isFlat }) => !isFlat).map(({ name }) => name);

it('is flat when nothing changes', () => {
  expect(growing(toSoakLines(hour(() => ({}))))).toEqual([]);
});

it('names each measure that grows', () => {
  const measures = ['p50_ms', 'p99_ms', 'question_ms', 'memory_mb', 'descriptors', 'loop_p99_ms'] as const;
  for (const name of [...measures, 'log_entries', 'due_deliveries'] as const) {
    const lines = toSoakLines(hour((part) => ({ [name]: steady[name] + part * (steady[name] + 100) * 2 })));
    expect(growing(lines)).toEqual([name]);
  }
});

it('names a database that takes more bytes for a message at the end', () => {
  const lines = toSoakLines(hour((part) => ({ database_mb: 10 + 1000 * part ** 2 })));
  expect(growing(lines)).toEqual(['bytes_per_message']);
});

it('ignores one bad sample, but shows it in the plot', () => {
  const samples = hour((part) => (part === 0.5 || part === 1 ? { p99_ms: 900 } : {}));
  expect(growing(toSoakLines(samples))).toEqual([]);
  const row = plotSoak(samples)
    .split('\n')
    .find((line) => line.startsWith('p99_ms'));
  expect(row).toMatch(/█ 9 to 900$/);
});

it('has a row for each sample', () => {
  const rows = toCsv([steady, { ...steady, seconds: 10 }])
    .trimEnd()
    .split('\n');
  expect(rows).toHaveLength(3);
  expect(rows[0]).toBe(Object.keys(steady).join(','));
  expect(rows[2]).toBe(Object.values({ ...steady, seconds: 10 }).join(','));
});
