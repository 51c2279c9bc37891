/** The table of the section: one line for each question, with what is out of aim. */
import type { DatabaseSize } from './database.ts';
import { idle, type Measured } from './measure.ts';
import type { Question, QuestionKind } from './question.ts';

/** Writes, first pages and counters may take so many times as long at the last size as at the first. */
const mostGrowth = 1.5;
/** Smaller differences in milliseconds are noise. */
const noiseMs = 1;
const mostMs = 100;
const mostWaitMs = 20;

/**
 * `slow`: over 100 ms; `grows`: over 1.5 times as long as at the first size; `delays`: somebody else waited over 20 ms;
 * `refused`: answered 503.
 */
export type Mark = 'slow' | 'grows' | 'delays' | 'refused';

export interface GrowthLine {
  name: string;
  kind: QuestionKind | '';
  /** Milliseconds at each size, the smallest first. */
  ms: number[];
  fastest_ms: number[];
  /** The time grows with this power of the size, from the first size to the last: 0 is independent, 1 linear. */
  exponent: number;
  bytes: number;
  /** As in `Measured`, at the last size. */
  wait_ms: number;
  longest_wait_ms: number;
  marks: Mark[];
}

export interface GrowthSize {
  messages: number;
  database_bytes: number;
  bytes_per_message: number;
  /** Bytes of each message by table with its indexes, the largest first. */
  tables: Record<string, number>;
}

export interface GrowthFigures {
  section: 'growth';
  database: 'sqlite' | 'postgres';
  sizes: GrowthSize[];
  /** The slowest first. */
  lines: GrowthLine[];
}

export interface MeasuredSize {
  messages: number;
  database: DatabaseSize;
  measured: readonly Measured[];
}

/** @param sizes the smallest first; each with every question */
export function toLines(questions: readonly Question[], sizes: readonly MeasuredSize[]): GrowthLine[] {
  const kinds = new Map(questions.map(({ name, kind }) => [name, kind]));
  const last = sizes.at(-1);
  return (last?.measured ?? [])
    .map(({ name, bytes, wait_ms, longest_wait_ms, refused }): GrowthLine => {
      const atEach = sizes.map(({ measured }) => measured.find((one) => one.name === name));
      const ms = atEach.map((one) => one?.ms ?? Number.NaN);
      const fastest_ms = atEach.map((one) => round(one?.fastest_ms ?? Number.NaN));
      const kind: GrowthLine['kind'] = kinds.get(name) ?? '';
      const exponent = toExponent(
        ms,
        sizes.map(({ messages }) => messages),
      );
      const line = { name, kind, ms: ms.map(round), fastest_ms, exponent, bytes };
      const waits = { wait_ms: round(wait_ms), longest_wait_ms: round(longest_wait_ms) };
      return { ...line, ...waits, marks: marksOf({ kind, ms, longest_wait_ms, refused }) };
    })
    .sort((a, b) => (b.ms.at(-1) ?? 0) - (a.ms.at(-1) ?? 0));
}

const round = (figure: number): number => Math.round(figure * 10) / 10;

/** The slope between the first and the last size, both as logarithms; 0 for a single size. */
export function toExponent(ms: readonly number[], sizes: readonly number[]): number {
  const slope = Math.log((ms.at(-1) ?? 1) / (ms[0] ?? 1)) / Math.log((sizes.at(-1) ?? 1) / (sizes[0] ?? 1));
  return Number.isFinite(slope) ? Math.round(slope * 100) / 100 : 0;
}

interface Judged extends Pick<GrowthLine, 'kind' | 'ms' | 'longest_wait_ms'> {
  refused: number;
}

function marksOf({ kind, ms, longest_wait_ms, refused }: Judged): Mark[] {
  const [first = 0, last = 0] = [ms[0], ms.at(-1)];
  const isBound = kind === 'write' || kind === 'first page' || kind === 'counter';
  const marks: Mark[] = [];
  if (last > mostMs) marks.push('slow');
  if (isBound && last > first * mostGrowth && last - first > noiseMs) marks.push('grows');
  if (longest_wait_ms > mostWaitMs) marks.push('delays');
  if (refused) marks.push('refused');
  return marks;
}

export function toSize({ messages, database }: MeasuredSize): GrowthSize {
  const perMessage = (bytes: number) => Math.round(bytes / messages);
  return {
    messages,
    database_bytes: database.bytes,
    bytes_per_message: perMessage(database.bytes),
    tables: Object.fromEntries(
      database.tables.slice(0, 12).map(({ name, bytes }) => [name, perMessage(bytes)]),
    ),
  };
}

/** The figures as people read them. */
export function printGrowth({ database, sizes, lines }: GrowthFigures): string {
  const head = ['question', 'kind', ...sizes.map(({ messages }) => `ms at ${messages}`)];
  const rows = lines.map(({ name, kind, ms, exponent, bytes, wait_ms, longest_wait_ms, marks }) =>
    [name, kind, ...ms, exponent, bytes, wait_ms, longest_wait_ms, marks.join(' ')].map(String),
  );
  const table = [[...head, 'exponent', 'bytes', 'wait ms', 'longest', 'out of aim'], ...rows];
  const widths =
    table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  const printed = table.map((row) =>
    row
      .map((cell, column) =>
        column < 2 || column === row.length - 1
          ? cell.padEnd(widths[column] ?? 0)
          : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
  const count = (mark: Mark) => lines.filter(({ marks }) => marks.includes(mark)).length;
  const asked = lines.filter(({ name }) => name !== idle).length;
  return [
    `${database}: ${asked} questions; ${count('slow')} slow, ${count('grows')} grow, ${count('delays')} delay others, ${count('refused')} refused`,
    '',
    ...printed,
    '',
    ...sizes.map(
      ({ messages, database_bytes, bytes_per_message, tables }) =>
        `${messages} messages: ${database_bytes} bytes, ${bytes_per_message} a message: ${Object.entries(
          tables,
        )
          .map(([name, bytes]) => `${name} ${bytes}`)
          .join(', ')}`,
    ),
  ].join('\n');
}
