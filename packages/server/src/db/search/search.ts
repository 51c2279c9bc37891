/**
 * Finds rows by parts of their words, the newest first, the same on both databases. The index retimeSlice rows that may match
 * (`search-index.ts`), and their text decides; rows that are not indexed yet are read. A search stops reading when it has found
 * or read enough, and yields the main thread every few milliseconds.
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

/** Texts that a search reads: a word whose grams are common, but that nobody wrote, would be looked for in all of them. */
const maxTexts = 20_000;
/** Blocks whose posting lists a search reads, of 4096 ids each. */
const maxBlocksRead = 4096;

export interface SearchResult {
  /** Ids of matching rows, the newest first. */
  ids: number[];
  /** Rows with smaller ids than this were not looked at, because the search had read enough; undefined for a search to the end. */
  before?: number | undefined;
}

/** Matching rows, the newest first, at most `limit`; none for an empty query. */
export async function searchRows(
  db: Sql,
  noun: SearchedTableName,
  scope: SearchScope & { limit: number; maxTexts?: number },
): Promise<SearchResult> {
  const ids: number[] = [];
  if (!scope.query.length) return { ids };
  const reading: Reading = {
    db,
    noun: searchedTables[noun],
    scope,
    timeSlice: openTimeSlice(),
    textsLeft: scope.maxTexts ?? maxTexts,
    before: undefined,
  };
  for await (const id of findIds(reading)) {
    ids.push(id);
    if (ids.length >= scope.limit) return { ids };
  }
  return { ids, before: reading.before };
}

/** Ids of matching rows, as far as `searchRows` looks for them. */
export const searchIds = async (
  db: Sql,
  noun: SearchedTableName,
  scope: SearchScope & { limit: number },
): Promise<number[]> => (await searchRows(db, noun, scope)).ids;

/** A search that runs. */
interface Reading {
  readonly db: Sql;
  readonly noun: SearchedTable;
  readonly scope: SearchScope;
  readonly timeSlice: TimeSlice;
  textsLeft: number;
  /** Set where the search stops before its end: the smallest id that was looked at. */
  before: number | undefined;
}

async function* findIds(reading: Reading): AsyncGenerator<number> {
  const { db, noun, scope, timeSlice } = reading;
  const last = await db.get(sql<{ last: number | null }>`select max(id) as last from ${noun.table}`);
  const newest = Math.min(last?.last ?? 0, (scope.before ?? Number.POSITIVE_INFINITY) - 1);
  const lastBlock = toBlock(newest) - maxBlocksRead;
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
        yield* readCandidates(reading, ids);
        ids = [];
        const end = Math.min(toFirstId(block + 1), newest + 1);
        yield* scanRows(reading, { from: toFirstId(block), end });
      }
    }
    yield* readCandidates(reading, ids);
    if (reading.textsLeft <= 0) return;
    highest = lowest - 1;
    if (highest <= lastBlock && highest >= 0) {
      reading.before = toFirstId(lowest);
      return;
    }
    size = Math.min(size * 2, maxBlocks[db.dialect]);
  }
}

interface TextRow {
  id: number;
  text: string;
}

/** Those of `ids` whose text matches. The ids are descending. */
async function* readCandidates(reading: Reading, ids: readonly number[]): AsyncGenerator<number> {
  const { db, noun, scope } = reading;
  for (let start = 0, size = 16; start < ids.length && reading.textsLeft > 0; start += size) {
    size = Math.min(size * 2, rowsPerRead);
    const rows = await db.all(
      sql<TextRow>`select id, ${noun.text} as text from ${noun.table}
        where ${isAnyOf(db, 'id', ids.slice(start, start + size))} and ${isInScope(db, noun, scope)} order by id desc`,
    );
    yield* filterMatches(reading, rows);
  }
}

/** Ids from `from` to before `end` whose text matches, descending. */
async function* scanRows(
  reading: Reading,
  { from, end }: { from: number; end: number },
): AsyncGenerator<number> {
  const { db, noun, scope } = reading;
  for (let before = end, isLeft = true; isLeft && reading.textsLeft > 0; ) {
    const rows = await db.all(
      sql<TextRow>`select id, ${noun.text} as text from ${noun.table}
        where id >= ${from} and id < ${before} and ${isInScope(db, noun, scope)} order by id desc limit ${rowsPerRead}`,
    );
    yield* filterMatches(reading, rows);
    isLeft = rows.length === rowsPerRead;
    before = rows.at(-1)?.id ?? from;
  }
}

async function* filterMatches(reading: Reading, rows: readonly TextRow[]): AsyncGenerator<number> {
  const { noun, scope, timeSlice } = reading;
  reading.textsLeft -= rows.length;
  if (reading.textsLeft <= 0) reading.before = rows.at(-1)?.id;
  for (const { id, text } of rows) {
    if (matches(noun.toSearchable(text), scope.query)) yield id;
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
