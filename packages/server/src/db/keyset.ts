/**
 * Pages by key, the same for every list: a page begins behind the last row of the one before, so that it costs the same
 * however deep it is, and what comes, moves or goes meanwhile makes no other row come twice or be left out.
 */
import { type RawBuilder, sql } from 'kysely';
import { invalid } from '../errors.ts';
import type { Sql } from './db.ts';
import { activityStep } from './dialect.ts';

/** A stretch of an order: its rows are ordered by one column and then by id, both one way. */
export interface SortPart {
  where?: RawBuilder<boolean>;
  /** Without one the rows are ordered by id alone. */
  column?: RawBuilder<unknown>;
  /** On PostgreSQL the index holds this in place of the column, whose values it divides by `activityStep`. */
  steps?: RawBuilder<unknown>;
  /** The column is null in all rows; they are ordered by it all the same, as its index is. */
  isAlwaysNull?: true;
  direction: 'asc' | 'desc';
}

export interface SortOrder {
  /** Of the list and its order, as its cursors say it: no other list takes them. */
  name: string;
  /** What the columns of its parts hold. */
  type: 'number' | 'text';
  /** They come one after another. */
  parts: readonly SortPart[];
}

type ByColumn = SortPart & Required<Pick<SortPart, 'column'>>;

/** By the last activity of a conversation or contact. */
export const byActivity = (direction: SortPart['direction']): ByColumn => ({
  column: sql.ref('last_activity_at'),
  steps: sql.ref('activity_step'),
  direction,
});

/** An order by a column that may be null; rows without a value come last, whatever the direction. */
export const nullsLast = (part: ByColumn): SortPart[] => [
  { ...part, where: sql`${part.column} is not null` },
  { ...part, where: sql`${part.column} is null`, isAlwaysNull: true },
];

export interface ListQuery {
  /** What is read of each row, with commas between. */
  select: RawBuilder<unknown>;
  /** A table, or tables that are joined. */
  from: RawBuilder<unknown>;
  id: RawBuilder<unknown>;
  where: RawBuilder<boolean>;
  /** Each row meets one of these, if there are any. A database that had to find them together would sort all of them. */
  runs?: readonly RawBuilder<boolean>[];
  order: SortOrder;
}

/** A row's place in its order; `key_part` counts from 0. */
export interface Key {
  key_part: number;
  key_value: number | string | null;
  key_id: number;
}

/** Numbers, or parameters of a `preparedQuery`. */
export interface PageRange {
  /** The last row of the page before; its part is known when the query is built. */
  after?: { key_part: number; key_value: unknown; key_id: unknown };
  limit: unknown;
  offset: unknown;
  /** `limit` and `offset` together. */
  limitWithOffset: unknown;
}

export interface Page<Row> {
  rows: Row[];
  /** Where the next page begins; null after the last. */
  next_cursor: string | null;
}

/** What a request asked for; a cursor takes the place of the page's number. */
export interface PageRequest {
  cursor?: string | undefined;
  /** From 1, which 0 stands for as well. */
  page?: number | undefined;
}

/** An offset that no database can count to is past the end anyway. */
const maxOffset = 2_000_000_000;

/** One page of `size` rows. @throws invalid for a cursor that this list in this order has not given */
export async function readPage<Row>(
  db: Sql,
  listing: ListQuery,
  { cursor, page = 1, size }: PageRequest & { size: number },
): Promise<Page<Row>> {
  const span = toPageRange(listing.order, { cursor, page, size });
  return toPage(listing.order, await db.all(pageQuery<Row>(db, listing, span)), size);
}

/** Reads one row more than fits on the page, which tells whether there is another. @throws invalid for the cursor */
export function toPageRange(
  order: SortOrder,
  { cursor, page = 1, size }: PageRequest & { size: number },
): PageRange & { after?: Key; limit: number; offset: number; limitWithOffset: number } {
  const after = cursor ? readCursor(order, cursor) : undefined;
  const offset = after ? 0 : Math.min((Math.max(page, 1) - 1) * size, maxOffset);
  return { ...(after && { after }), limit: size + 1, offset, limitWithOffset: offset + size + 1 };
}

/** The page of what its span has found. */
export function toPage<Row>(order: SortOrder, found: readonly (Row & Key)[], size: number): Page<Row> {
  const last = found[size - 1];
  return { rows: found.slice(0, size), next_cursor: last && found[size] ? writeCursor(order, last) : null };
}

const writeCursor = ({ name }: SortOrder, { key_part, key_value, key_id }: Key): string =>
  Buffer.from(JSON.stringify([name, key_part, key_value, key_id])).toString('base64url');

/** Nothing of a cursor is trusted: it is a place in an order, what may be seen there is decided by the reader. */
function readCursor(order: SortOrder, text: string): Key {
  const [name, key_part, key_value, key_id, ...more] = listIn(text);
  const part = typeof key_part === 'number' ? order.parts[key_part] : undefined;
  const isValue = part && hasValue(part) ? isOf[order.type](key_value) : key_value === null;
  if (name !== order.name || !part || !isValue || !isOf.number(key_id) || more.length)
    throw invalid('cursor', 'Cursor is invalid');
  return { key_part, key_value, key_id } as Key;
}

const hasValue = ({ column, isAlwaysNull: isNull }: SortPart) => column !== undefined && !isNull;

function listIn(text: string): unknown[] {
  try {
    const list: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}

/** Text as databases can take it. */
const isOf = {
  number: (value: unknown) => Number.isSafeInteger(value),
  text: (value: unknown) => typeof value === 'string' && value.isWellFormed() && !value.includes('\0'),
};

/** Each part of each run is read as its index gives it, and no further than the page needs. */
export function pageQuery<Row>(
  db: Pick<Sql, 'dialect'>,
  listing: ListQuery,
  span: PageRange,
): RawBuilder<Row & Key> {
  const { order, runs = [sql`1 = 1`] } = listing;
  const first = span.after?.key_part ?? 0;
  const reads = order.parts
    .slice(first)
    .flatMap((part, index) =>
      runs.map((run) => readOf({ ...listing, run }, withSteps(db, part), { rank: first + index, span })),
    );
  const [only] = reads;
  if (only && reads.length === 1) return sql`${only} limit ${span.limit} offset ${span.offset}`;
  const limited = reads.map((read) => sql`select * from (${read} limit ${span.limitWithOffset}) as part`);
  return sql`select * from (${sql.join(limited, sql` union all `)}) as parts
    order by ${acrossParts(order.parts)} limit ${span.limit} offset ${span.offset}`;
}

/** The part as the database's indexes know it. */
const withSteps = ({ dialect }: Pick<Sql, 'dialect'>, { steps, ...part }: SortPart): SortPart =>
  steps && dialect === 'postgres' ? { ...part, steps } : part;

function readOf(
  { select, from, id, run, where, order }: ListQuery & { run: RawBuilder<boolean> },
  part: SortPart,
  { rank, span: { after } }: { rank: number; span: PageRange },
): RawBuilder<unknown> {
  const { column, steps, direction } = part;
  const way = sql.raw(direction);
  const all = [run, where];
  if (part.where) all.push(part.where);
  if (after?.key_part === rank) all.push(isBehind(part, id, after));
  const value = column ?? sql`cast(null as ${sql.raw(order.type === 'text' ? 'text' : 'bigint')})`;
  return sql`select ${select}, ${sql.lit(rank)} as key_part, ${value} as key_value, ${id} as key_id from ${from}
    where ${sql.join(all, sql` and `)} order by ${steps ? sql`${steps} ${way}, ` : sql``}${column ? sql`key_value ${way}, ` : sql``}key_id ${way}`;
}

/** SQLite seeks an expression only by the first of the two comparisons, which says nothing new. */
function isBehind(
  part: SortPart,
  id: RawBuilder<unknown>,
  after: NonNullable<PageRange['after']>,
): RawBuilder<boolean> {
  const { column, steps, direction } = part;
  const than = sql.raw(direction === 'desc' ? '<' : '>');
  if (!hasValue(part)) return sql`${id} ${than} ${after.key_id}`;
  const near = steps
    ? sql`${steps} ${than}= cast(${after.key_value} as bigint) / ${sql.lit(activityStep)}`
    : sql`${column} ${than}= ${after.key_value}`;
  return sql`${near} and (${column}, ${id}) ${than} (${after.key_value}, ${after.key_id})`;
}

/** Parts may go either way: what rises in one is null to those that fall. */
function acrossParts(parts: readonly SortPart[]): RawBuilder<unknown> {
  const rising = parts.flatMap(({ direction }, rank) => (direction === 'asc' ? [sql.lit(rank)] : []));
  const isRising = sql`key_part in (${sql.join(rising)})`;
  const rise = rising.length
    ? sql`case when ${isRising} then key_value end, case when ${isRising} then key_id end, `
    : sql``;
  return sql`key_part, ${rise}key_value desc, key_id desc`;
}
