/**
 * Finds rows by parts of their words, the newest first, the same on both databases. The index retimeSlice rows that may match
 * (`search-index.ts`), and their text decides; rows that are not indexed yet are read. A search stops reading when it has found
 * enough, and yields the main thread every few milliseconds.
 */
import { sql } from 'kysely';
import type { Sql } from '../db.ts';
import { isAnyOf } from '../dialect.ts';
import { openTimeSlice, type TimeSlice } from '../time-slice.ts';
import { candidatesIn } from './candidates.ts';
import { matches, type SearchQuery } from './grams.ts';
import { toBlock, toFirstId } from './posting-list.ts';
import { type SearchedTable, type SearchedTableName, searchedTables } from './searched-tables.ts';

export { parseSearchQuery, type SearchQuery, toSearchableText } from './grams.ts';

export interface SearchScope {
  account_id: number;
  query: SearchQuery;
  /** Ids of inboxes: only their rows. For messages only. */
  inboxes?: readonly number[];
  /** Only rows with smaller ids than this. */
  before?: number | undefined;
}

/**
 * Blocks whose lists are read with one statement. The first are few, because the newest rows answer most queries; the number then
 * doubles. SQLite blocks its thread while it reads; on PostgreSQL each statement costs a round trip.
 */
const firstBlocks = 2;
const maxBlocks = { sqlite: 16, postgres: 64 };

/** Rows read with one statement. */
const rowsPerRead = 128;

/** Ids of matching rows, the newest first, at most `limit`; none for an empty query. */
export async function searchIds(
  db: Sql,
  noun: SearchedTableName,
  scope: SearchScope & { limit: number },
): Promise<number[]> {
  const ids: number[] = [];
  if (!scope.query.length) return ids;
  for await (const id of findIds(db, searchedTables[noun], scope)) {
    ids.push(id);
    if (ids.length >= scope.limit) break;
  }
  return ids;
}

async function* findIds(db: Sql, noun: SearchedTable, scope: SearchScope): AsyncGenerator<number> {
  const last = await db.get(sql<{ last: number | null }>`select max(id) as last from ${noun.table}`);
  const newest = Math.min(last?.last ?? 0, (scope.before ?? Number.POSITIVE_INFINITY) - 1);
  const timeSlice = openTimeSlice();
  let size = firstBlocks;
  for (let highest = toBlock(newest); highest >= 0; ) {
    const lowest = Math.max(highest - size + 1, 0);
    const candidates = await candidatesIn(db, noun, { ...scope, blocks: [lowest, highest] });
    await timeSlice.yieldWhenUsed();
    let ids: number[] = [];
    for (let block = highest; block >= lowest; block--) {
      const indexed = candidates.get(block);
      if (indexed) ids = ids.concat(indexed.filter((id) => id <= newest));
      else {
        yield* readCandidates(db, noun, scope, { ids, timeSlice });
        ids = [];
        const end = Math.min(toFirstId(block + 1), newest + 1);
        yield* scanRows(db, noun, scope, { from: toFirstId(block), end, timeSlice });
      }
    }
    yield* readCandidates(db, noun, scope, { ids, timeSlice });
    highest = lowest - 1;
    size = Math.min(size * 2, maxBlocks[db.dialect]);
  }
}

interface TextRow {
  id: number;
  text: string;
}

/** Those of `ids` whose text matches. The ids are descending. */
async function* readCandidates(
  db: Sql,
  noun: SearchedTable,
  scope: SearchScope,
  { ids, timeSlice }: { ids: readonly number[]; timeSlice: TimeSlice },
): AsyncGenerator<number> {
  for (let start = 0, size = 16; start < ids.length; start += size) {
    size = Math.min(size * 2, rowsPerRead);
    const rows = await db.all(
      sql<TextRow>`select id, ${noun.text} as text from ${noun.table}
        where ${isAnyOf(db, 'id', ids.slice(start, start + size))} and ${isInScope(db, noun, scope)} order by id desc`,
    );
    yield* filterMatches(noun, scope, { rows, timeSlice });
  }
}

/** Ids from `from` to before `end` whose text matches, descending. */
async function* scanRows(
  db: Sql,
  noun: SearchedTable,
  scope: SearchScope,
  { from, end, timeSlice }: { from: number; end: number; timeSlice: TimeSlice },
): AsyncGenerator<number> {
  for (let before = end, isLeft = true; isLeft; ) {
    const rows = await db.all(
      sql<TextRow>`select id, ${noun.text} as text from ${noun.table}
        where id >= ${from} and id < ${before} and ${isInScope(db, noun, scope)} order by id desc limit ${rowsPerRead}`,
    );
    yield* filterMatches(noun, scope, { rows, timeSlice });
    isLeft = rows.length === rowsPerRead;
    before = rows.at(-1)?.id ?? from;
  }
}

async function* filterMatches(
  noun: SearchedTable,
  { query }: SearchScope,
  { rows, timeSlice }: { rows: readonly TextRow[]; timeSlice: TimeSlice },
): AsyncGenerator<number> {
  for (const { id, text } of rows) {
    if (matches(noun.toSearchable(text), query)) yield id;
    await timeSlice.yieldWhenUsed();
  }
}

/** The condition of account and inboxes. The plus keeps SQLite from using the index of the account: rows are looked up by id. */
function isInScope(db: Sql, { where, inbox_id }: SearchedTable, { account_id, inboxes }: SearchScope) {
  const inAccount =
    db.dialect === 'sqlite' ? sql`+account_id = ${account_id}` : sql`account_id = ${account_id}`;
  return inboxes
    ? sql`${inAccount} and ${isAnyOf(db, inbox_id, inboxes)} and ${where}`
    : sql`${inAccount} and ${where}`;
}
