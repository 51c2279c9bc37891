/**
 * Lists with conditions that no index holds in the order of the list: labels, words, filters. A page is read in one of two ways, each
 * of which reads a bounded number of rows:
 * - by candidates: an index finds few rows of which all matches are one, and these are sorted;
 * - by a walk: rows are read in the order of the list, in windows, and tested until the page is full. Rows that meet a common
 *   condition fill it soon.
 * A rare condition that no index has finds its candidates by a search of all rows, which costs a third of a walk over them. Beyond a
 * bound the request is refused with advice.
 */
import { type RawBuilder, sql } from 'kysely';
import { unprocessable } from '../errors.ts';
import type { Sql } from './db.ts';
import { isAnySelected } from './dialect.ts';
import {
  acrossParts,
  type Page,
  type PageRequest,
  pageQuery,
  type RowKey,
  type SortOrder,
  toCursor,
  toPage,
  toPageRange,
} from './keyset.ts';

/** Rows of a table that include every match of a list. */
export interface Candidates {
  /** Selects their ids, as one column. */
  select: RawBuilder<unknown>;
  /** Their number. More than `maxCandidates` are too many to be sorted: only counts use some of them. */
  count: number;
}

export interface BoundedList {
  table: 'conversations' | 'contacts';
  account_id: number;
  /** Conditions of a walk, each of which an index returns in order, as in `ListQuery`. */
  runs: readonly RawBuilder<boolean>[];
  /** Condition of a walk that its index has, beside that of the runs. */
  where: RawBuilder<boolean>;
  /** The conditions of `where` and `runs` beside the account. */
  scope: RawBuilder<boolean>;
  /** Tested on each row. */
  test: RawBuilder<boolean>;
  candidates?: Candidates | undefined;
  order: SortOrder;
}

/** More candidates than this are not sorted for each page. */
export const maxCandidates = 10_000;
/** Up to this many candidates are sorted at once; with more of them, or none, the start of a walk is tried first. */
const fewCandidates = 1000;
/** Rows that a walk reads before candidates are sorted, or all rows are searched for them. */
const maxTried = 1280;
/** A walk that is likely to fill the page within so many rows goes on. */
const maxExpected = 20_000;
/** A numbered page begins behind at most so many rows. */
const maxSkipped = 100_000;
/** Rows that are searched for candidates, and rows that a walk reads, by default. */
const defaultMaxRows = 200_000;
/** Rows of the windows of a walk and of a search; each is a statement of its own, so that other reads run in between. */
const firstWindow = 256;
const windowGrowth = 4;
const maxWindow = 8192;

export type KeyOfRow = RowKey & { id: number };

export interface BoundedPage extends Page<KeyOfRow> {
  /** The candidates by which the page was found. Every match is one of them. */
  candidates?: Candidates | undefined;
}

export interface BoundedRequest extends PageRequest {
  /** Rows of a page. */
  size: number;
  /** Rows after which the page has what was found until then, and a cursor behind it. */
  partialAfter?: number;
  /** Rows after which the page is refused. */
  maxRows?: number;
}

/**
 * Keys of the rows of a page.
 * @throws invalid 422 for a cursor of another list, unprocessable 422 when the page would read too many rows
 */
export async function readBoundedPage(
  db: Sql,
  list: BoundedList,
  request: BoundedRequest,
): Promise<BoundedPage> {
  const candidates = list.candidates && list.candidates.count <= maxCandidates ? list.candidates : undefined;
  const { maxRows = defaultMaxRows } = request;
  if (candidates && candidates.count <= fewCandidates) return readCandidates(db, list, request, candidates);
  const { after, limitWithOffset: wanted } = toPageRange(list.order, request);
  const walk: Walk = { wanted, found: [], last: after, read: 0, isDone: false };
  await continueWalk(db, list, walk, request.partialAfter ?? maxTried);
  if (walk.isDone || (request.partialAfter !== undefined && !candidates))
    return toPageOfWalk(list, request, walk);
  if (!candidates && isDense(walk) && wanted > maxExpected / 2 && wanted <= maxSkipped)
    return readDensePage(db, list, request);
  const expected = (wanted * walk.read) / walk.found.length;
  if (!candidates && expected < maxExpected)
    await continueWalk(db, list, walk, Math.min(2 * expected, maxRows));
  if (walk.isDone) return toPageOfWalk(list, request, walk);
  const few = candidates ?? (await searchCandidates(db, list, maxRows));
  if (few) return readCandidates(db, list, request, few);
  await continueWalk(db, list, walk, maxRows);
  if (walk.isDone) return toPageOfWalk(list, request, walk);
  throw unprocessable(
    `This would read more than ${maxRows} rows. Narrow it: add a condition such as a label, a date or an assignee, or follow next_cursor instead of page numbers.`,
  );
}

function toPageOfWalk({ order }: BoundedList, request: BoundedRequest, walk: Walk): BoundedPage {
  const { offset } = toPageRange(order, request);
  const { rows, next_cursor } = toPage(order, walk.found.slice(offset), request.size);
  const unfinished = !walk.isDone && walk.last ? toCursor(order, walk.last) : null;
  return { rows, next_cursor: next_cursor ?? unfinished };
}

async function readCandidates(
  db: Sql,
  list: BoundedList,
  request: BoundedRequest,
  candidates: Candidates,
): Promise<BoundedPage> {
  const { order } = list;
  const range = toPageRange(order, request);
  const page = pageQuery<KeyOfRow>(
    db,
    { select: sql`id`, from: sql`matching`, id: sql`id`, where: sql`1 = 1`, order },
    range,
  );
  const rows = await db.all(
    sql<KeyOfRow>`with matching as materialized (
      select id, ${sql.raw(sortColumns(db, list.table))} from ${matchesAmong(db, list, candidates)}) ${page}`,
  );
  return { ...toPage(order, rows, request.size), candidates };
}

/** At least every other row matches. */
const isDense = ({ found, read }: Walk) => found.length * 2 >= read;

/** A page far behind the first of a list that most rows match: the database skips them three times faster than a walk. */
async function readDensePage(db: Sql, list: BoundedList, request: BoundedRequest): Promise<BoundedPage> {
  const { table, runs, where, test, order } = list;
  const matching = sql<boolean>`${where} and ${test}`;
  const query = { select: sql`id`, from: sql.table(table), id: sql`id`, where: matching, runs, order };
  const rows = await db.all(pageQuery<KeyOfRow>(db, query, toPageRange(order, request)));
  return toPage(order, rows, request.size);
}

/** The columns by which lists of a table are sorted. */
function sortColumns({ dialect }: Pick<Sql, 'dialect'>, table: BoundedList['table']): string {
  const columns = {
    conversations: 'last_activity_at, priority, waiting_since, unread_count',
    contacts: 'last_activity_at, email, phone_number, name_key, company_key, city_key, country_key',
  };
  return dialect === 'postgres' ? `${columns[table]}, activity_step` : columns[table];
}

/** The matches among the first candidates. The outer limit makes both databases read them by their ids and by nothing else. */
const matchesAmong = (
  db: Sql,
  { table, account_id, scope, test }: BoundedList,
  candidates: Candidates,
): RawBuilder<unknown> =>
  sql`(select * from ${sql.table(table)}
      where ${isAnySelected(db, 'id', sql`${candidates.select} limit ${sql.lit(maxCandidates)}`)}
      limit ${sql.lit(maxCandidates)}) as ${sql.table(table)}
    where account_id = ${account_id} and ${scope} and ${test}`;

interface Walk {
  /** Matches to find. */
  readonly wanted: number;
  readonly found: KeyOfRow[];
  /** The last row that was tested. */
  last: RowKey | undefined;
  /** Rows that were tested. */
  read: number;
  /** Whether as many matches as wanted are found, or no row is left. */
  isDone: boolean;
}

/** Tests rows behind the last one until the walk is done, or has tested `maxRows` altogether. */
async function continueWalk(db: Sql, list: BoundedList, walk: Walk, maxRows: number): Promise<void> {
  while (walk.read < maxRows && !walk.isDone) {
    const size = Math.min(walk.read * windowGrowth || firstWindow, maxWindow, Math.ceil(maxRows) - walk.read);
    const rows = await db.all(windowQuery(db, list, { after: walk.last, size }));
    walk.found.push(...rows.filter(({ is_match }) => is_match));
    const end = rows.find(({ is_match }) => !is_match);
    walk.last = end ?? walk.last;
    walk.read += size;
    walk.isDone = walk.found.length >= walk.wanted || (end?.count ?? 0) < size;
  }
}

interface WindowRow extends KeyOfRow {
  /** The number of rows in the window. */
  count: number;
  is_match: number;
}

/** The matches among the next `size` rows in their order, and once more the last of these rows. */
function windowQuery(
  db: Sql,
  { table, where, runs, test, order }: BoundedList,
  { after, size }: { after: RowKey | undefined; size: number },
): RawBuilder<WindowRow> {
  const range = { ...(after && { after }), limit: size, offset: 0, limitWithOffset: size };
  const from = sql.table(table);
  const keys = pageQuery(db, { select: sql`id`, from, id: sql`id`, where, runs, order }, range);
  const counted = sql`(select count(*) from walked) as count`;
  return sql`with walked as materialized (${keys}), matching as materialized (
      select id from ${from} where ${isAnySelected(db, 'id', sql`select id from walked`)} and ${test}
    ), tail as materialized (
      select walked.*, ${counted}, 0 as is_match from walked order by ${acrossParts(order.parts, 'reverse')} limit 1
    )
    select * from (
      select walked.*, 0 as count, 1 as is_match from walked where id in (select id from matching)
      union all select * from tail
    ) as answer order by is_match desc, ${acrossParts(order.parts)}`;
}

/** The column by which the rows of an account are counted up, in an index behind the account. */
const numberOf = (table: BoundedList['table']) => sql.ref(table === 'conversations' ? 'display_id' : 'id');

/** All matches in the account; undefined when they are too many, or the rows more than `maxRows`. */
async function searchCandidates(
  db: Sql,
  list: BoundedList,
  maxRows: number,
): Promise<Candidates | undefined> {
  const { table, account_id, scope, test } = list;
  const from = sql.table(table);
  const column = numberOf(table);
  const ids: number[] = [];
  let after = 0;
  for (let read = 0; read < maxRows; read += maxWindow) {
    const behind = sql`${from} where account_id = ${account_id} and ${column} > ${after}
      order by ${column} limit ${sql.lit(maxWindow)}`;
    const window = await db.get(
      sql<{ count: number; last: number | null }>`select count(*) as count, max(number) as last
        from (select ${column} as number from ${behind}) as numbers`,
    );
    if (!window?.last) return candidatesOf(db, ids);
    const rows = await db.all(
      sql<{ id: number }>`select id from (select * from ${behind}) as ${from} where ${scope} and ${test}`,
    );
    ids.push(...rows.map(({ id }) => id));
    if (ids.length > maxCandidates) return undefined;
    if (window.count < maxWindow) return candidatesOf(db, ids);
    after = window.last;
  }
  return undefined;
}

/** Rows that are tested for a count. */
export const maxCounted = 10_000;

/**
 * Aggregates over the matches: with candidates, over those among the first `maxCandidates`; with neither candidates nor few rows in
 * the scope, over those among the newest `maxCounted` rows of the account.
 * @param select aggregates, separated by commas
 * @param rows the number of rows in the scope, where it is stored
 */
export function aggregateMatches<Row>(
  db: Sql,
  list: BoundedList,
  { select, rows }: { select: RawBuilder<unknown>; rows?: number },
): Promise<Row | undefined> {
  const { table, account_id, where, runs, scope, test, candidates } = list;
  const from = sql.table(table);
  if (candidates) return db.get(sql<Row>`select ${select} from ${matchesAmong(db, list, candidates)}`);
  if (rows !== undefined && rows <= maxCounted)
    return db.get(
      sql<Row>`select ${select} from ${from} where (${sql.join(runs, sql` or `)}) and ${where} and ${test}`,
    );
  return db.get(sql<Row>`select ${select} from (
      select * from ${from} where account_id = ${account_id} order by ${numberOf(table)} desc limit ${sql.lit(maxCounted)}
    ) as ${from} where ${scope} and ${test}`);
}

/** The number of selected rows, at most one more than `max`. */
async function countUpTo(db: Sql, select: RawBuilder<unknown>, max: number): Promise<number> {
  const row = await db.get(
    sql<{ count: number }>`select count(*) as count from (${select} limit ${sql.lit(max + 1)}) as counted`,
  );
  return row?.count ?? 0;
}

/** The candidates that an index selects, counted to one more than `maxCandidates`. */
export const countCandidates = async (db: Sql, select: RawBuilder<unknown>): Promise<Candidates> => ({
  select,
  count: await countUpTo(db, select, maxCandidates),
});

/** Candidates with these ids. */
export const candidatesOf = (db: Sql, ids: readonly number[]): Candidates => ({
  select:
    db.dialect === 'sqlite'
      ? sql`select value from json_each(${JSON.stringify(ids)})`
      : sql`select unnest(${ids}::bigint[])`,
  count: ids.length,
});

/** The candidates of the condition with the fewest, where all conditions must be met. */
export const fewest = (all: readonly (Candidates | undefined)[]): Candidates | undefined =>
  all.reduce((least, one) => (one && (!least || one.count < least.count) ? one : least), undefined);
