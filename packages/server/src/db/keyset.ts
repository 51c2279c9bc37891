/**
 * Keyset pagination for every list: a page begins after the last row of the previous one. Its cost does not depend on its depth,
 * and
 * rows that are inserted, moved or deleted meanwhile do not make other rows appear twice or be skipped.
 */
import { type RawBuilder, sql } from 'kysely';
import { invalid } from '../errors.ts';
import type { Sql } from './db.ts';
import { activityStep } from './dialect.ts';

/** A part of an order: its rows are sorted by one column and then by id, in the same direction. */
export interface SortPart {
  where?: RawBuilder<boolean>;
  /** Undefined: sorted by id alone. */
  column?: RawBuilder<unknown>;
  /** The column that the index of PostgreSQL has instead of `column`: its value divided by `activityStep`. */
  steps?: RawBuilder<unknown>;
  /** The column is null in all rows of the part. They are still sorted by it, so that its index is used. */
  isAlwaysNull?: true;
  direction: 'asc' | 'desc';
}

export interface SortOrder {
  /** Identifies list and order in cursors: a cursor with another name is refused. */
  name: string;
  /** Type of the columns of all parts. */
  type: 'number' | 'text';
  /** The rows of one part follow those of the part before. */
  parts: readonly SortPart[];
}

type ByColumn = SortPart & Required<Pick<SortPart, 'column'>>;

/** The order by the last activity of a conversation or contact. */
export const byActivity = (direction: SortPart['direction']): ByColumn => ({
  column: sql.ref('last_activity_at'),
  steps: sql.ref('activity_step'),
  direction,
});

/** An order by a column that may be null: rows without a value are last in both directions. */
export const nullsLast = (part: ByColumn): SortPart[] => [
  { ...part, where: sql`${part.column} is not null` },
  { ...part, where: sql`${part.column} is null`, isAlwaysNull: true },
];

export interface ListQuery {
  /** The selected columns, separated by commas. */
  select: RawBuilder<unknown>;
  /** A table, or joined tables. */
  from: RawBuilder<unknown>;
  id: RawBuilder<unknown>;
  where: RawBuilder<boolean>;
  /**
   * Disjoint conditions, of which each row meets one. Each is read in index order and merged; one query with `or` would sort all
   * rows.
   */
  runs?: readonly RawBuilder<boolean>[];
  order: SortOrder;
}

/** The sort key of a row. */
export interface RowKey {
  /** Index in `SortOrder.parts`. */
  key_part: number;
  key_value: number | string | null;
  key_id: number;
}

/** The rows of a page. Its values are numbers, or parameters of a `preparedQuery`. */
export interface PageRange {
  /** Key of the last row of the previous page. Only `key_part` must be a number, because the query depends on it. */
  after?: { key_part: number; key_value: unknown; key_id: unknown };
  limit: unknown;
  offset: unknown;
  /** Sum of `limit` and `offset`. */
  limitWithOffset: unknown;
}

export interface Page<Row> {
  rows: Row[];
  /** Cursor of the next page; null on the last one. */
  next_cursor: string | null;
}

/** The page that a request asks for; with a cursor, `page` is ignored. */
export interface PageRequest {
  cursor?: string | undefined;
  /** From 1; 0 is the first page too. */
  page?: number | undefined;
}

/** Larger offsets overflow in databases, and are beyond the end of every list. */
const maxOffset = 2_000_000_000;

/** Reads a page of at most `size` rows. @throws invalid 422 on `cursor` for a cursor of another list or order */
export async function readPage<Row>(
  db: Sql,
  listing: ListQuery,
  { cursor, page = 1, size }: PageRequest & { size: number },
): Promise<Page<Row>> {
  const span = toPageRange(listing.order, { cursor, page, size });
  return toPage(listing.order, await db.all(pageQuery<Row>(db, listing, span)), size);
}

/**
 * The range of a page. Its limit is one row more than `size`, which shows whether there is a next page.
 * @throws invalid for the cursor
 */
export function toPageRange(
  order: SortOrder,
  { cursor, page = 1, size }: PageRequest & { size: number },
): PageRange & { after?: RowKey; limit: number; offset: number; limitWithOffset: number } {
  const after = cursor ? readCursor(order, cursor) : undefined;
  const offset = after ? 0 : Math.min((Math.max(page, 1) - 1) * size, maxOffset);
  return { ...(after && { after }), limit: size + 1, offset, limitWithOffset: offset + size + 1 };
}

/** Makes a page of the rows in the range of `toPageRange`. */
export function toPage<Row>(
  order: SortOrder,
  rowsInRange: readonly (Row & RowKey)[],
  size: number,
): Page<Row & RowKey> {
  const last = rowsInRange[size - 1];
  return {
    rows: rowsInRange.slice(0, size),
    next_cursor: last && rowsInRange[size] ? toCursor(order, last) : null,
  };
}

/** The cursor of the rows after the one with this key. */
export const toCursor = ({ name }: SortOrder, { key_part, key_value, key_id }: RowKey): string =>
  Buffer.from(JSON.stringify([name, key_part, key_value, key_id])).toString('base64url');

/**
 * Reads a cursor, which the client may have changed. It only says where a page begins; the list's condition decides what it shows.
 */
function readCursor(order: SortOrder, text: string): RowKey {
  const [name, key_part, key_value, key_id, ...more] = readJsonList(text);
  const part = typeof key_part === 'number' ? order.parts[key_part] : undefined;
  const isValue = part && hasValue(part) ? isKeyValue[order.type] : isNull;
  if (
    name !== order.name ||
    typeof key_part !== 'number' ||
    !part ||
    !isValue(key_value) ||
    !isKeyValue.number(key_id) ||
    more.length
  )
    throw invalid('cursor', 'Cursor is invalid');
  return { key_part, key_value, key_id };
}

const hasValue = ({ column, isAlwaysNull }: SortPart) => column !== undefined && !isAlwaysNull;

function readJsonList(text: string): unknown[] {
  try {
    const list: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}

/** Text without lone surrogates and NUL, which PostgreSQL rejects. */
const isKeyValue = {
  number: (value: unknown): value is number => Number.isSafeInteger(value),
  text: (value: unknown): value is string =>
    typeof value === 'string' && value.isWellFormed() && !value.includes('\0'),
};

const isNull = (value: unknown): value is null => value === null;

/** The query of a page. It reads each part of each run in index order, and of each only as many rows as the page needs. */
export function pageQuery<Row>(
  db: Pick<Sql, 'dialect'>,
  listing: ListQuery,
  span: PageRange,
): RawBuilder<Row & RowKey> {
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

/** The part with `steps` only on PostgreSQL, whose indexes have that column: it is null where the column of the part is. */
function withSteps({ dialect }: Pick<Sql, 'dialect'>, { steps, ...part }: SortPart): SortPart {
  if (!steps || dialect !== 'postgres') return part;
  const isNull = sql<boolean>`${steps} is ${sql.raw(part.isAlwaysNull ? 'null' : 'not null')}`;
  return { ...part, steps, where: part.where ? sql`${part.where} and ${isNull}` : isNull };
}

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

/** The condition of rows after the cursor. The first comparison is redundant, but without it SQLite does not seek in the index. */
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

/** The order of merged parts, of which each may have another direction: the ascending columns are null in descending parts. */
export function acrossParts(
  parts: readonly SortPart[],
  direction: 'forward' | 'reverse' = 'forward',
): RawBuilder<unknown> {
  const [up, down] = direction === 'forward' ? [sql`asc`, sql`desc`] : [sql`desc`, sql`asc`];
  const ascending = parts.flatMap(({ direction }, rank) => (direction === 'asc' ? [sql.lit(rank)] : []));
  const isAscending = sql`key_part in (${sql.join(ascending)})`;
  const ascendingColumns = ascending.length
    ? sql`case when ${isAscending} then key_value end ${up}, case when ${isAscending} then key_id end ${up}, `
    : sql``;
  return sql`key_part ${up}, ${ascendingColumns}key_value ${down}, key_id ${down}`;
}
