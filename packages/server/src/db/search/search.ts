/**
 * Finds rows by parts of their words, the newest first, the same on both databases. The index returns rows that may match
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
import { type SearchedTable, searchedTables } from './searched-tables.ts';

export { parseSearchQuery, type SearchQuery, toSearchableText } from './grams.ts';

export interface SearchScope {
  account_id: number;
  question: SearchQuery;
  /** Only rows of these; for messages. */
  inboxes?: readonly number[];
  /** Only rows with smaller ids. */
  before?: number | undefined;
}

/**
 * Blocks whose lists are read at once. The first are few, since most questions are answered by the newest rows. On SQLite their
 * reading holds the main thread, on PostgreSQL each takes a way there and back.
 */
const firstBlocks = 2;
const mostBlocks = { sqlite: 16, postgres: 64 };

/** Rows read at once. */
const rowsAtOnce = 128;

/** Ids of matching rows, the newest first, at most `most`. */
export async function searchIds(
  db: Sql,
  noun: keyof typeof searchedTables,
  scope: SearchScope & { most: number },
): Promise<number[]> {
  const ids: number[] = [];
  if (!scope.question.length) return ids;
  for await (const id of findIds(db, searchedTables[noun], scope)) {
    ids.push(id);
    if (ids.length >= scope.most) break;
  }
  return ids;
}

async function* findIds(db: Sql, noun: SearchedTable, scope: SearchScope): AsyncGenerator<number> {
  const last = await db.get(sql<{ last: number | null }>`select max(id) as last from ${noun.table}`);
  const newest = Math.min(last?.last ?? 0, (scope.before ?? Number.POSITIVE_INFINITY) - 1);
  const turns = openTimeSlice();
  let size = firstBlocks;
  for (let highest = toBlock(newest); highest >= 0; ) {
    const lowest = Math.max(highest - size + 1, 0);
    const candidates = await candidatesIn(db, noun, { ...scope, blocks: [lowest, highest] });
    await turns.yieldWhenUsed();
    let ids: number[] = [];
    for (let block = highest; block >= lowest; block--) {
      const known = candidates.get(block);
      if (known) ids = ids.concat(known.filter((id) => id <= newest));
      else {
        yield* readCandidates(db, noun, scope, { ids, turns });
        ids = [];
        const end = Math.min(toFirstId(block + 1), newest + 1);
        yield* scanRows(db, noun, scope, { from: toFirstId(block), end, turns });
      }
    }
    yield* readCandidates(db, noun, scope, { ids, turns });
    highest = lowest - 1;
    size = Math.min(size * 2, mostBlocks[db.dialect]);
  }
}

interface TextRow {
  id: number;
  text: string;
}

/** Ids of `ids`, which are in falling order, whose text matches. */
async function* readCandidates(
  db: Sql,
  noun: SearchedTable,
  scope: SearchScope,
  { ids, turns }: { ids: readonly number[]; turns: TimeSlice },
): AsyncGenerator<number> {
  for (let start = 0, size = 16; start < ids.length; start += size) {
    size = Math.min(size * 2, rowsAtOnce);
    const rows = await db.all(
      sql<TextRow>`select id, ${noun.text} as text from ${noun.table}
        where ${isAnyOf(db, 'id', ids.slice(start, start + size))} and ${isInScope(db, noun, scope)} order by id desc`,
    );
    yield* filterMatches(noun, scope, { rows, turns });
  }
}

/** Ids from `from` to before `end` whose text matches. */
async function* scanRows(
  db: Sql,
  noun: SearchedTable,
  scope: SearchScope,
  { from, end, turns }: { from: number; end: number; turns: TimeSlice },
): AsyncGenerator<number> {
  for (let before = end, isLeft = true; isLeft; ) {
    const rows = await db.all(
      sql<TextRow>`select id, ${noun.text} as text from ${noun.table}
        where id >= ${from} and id < ${before} and ${isInScope(db, noun, scope)} order by id desc limit ${rowsAtOnce}`,
    );
    yield* filterMatches(noun, scope, { rows, turns });
    isLeft = rows.length === rowsAtOnce;
    before = rows.at(-1)?.id ?? from;
  }
}

async function* filterMatches(
  noun: SearchedTable,
  { question }: SearchScope,
  { rows, turns }: { rows: readonly TextRow[]; turns: TimeSlice },
): AsyncGenerator<number> {
  for (const { id, text } of rows) {
    if (matches(noun.toSearchable(text), question)) yield id;
    await turns.yieldWhenUsed();
  }
}

/** The plus before the column keeps SQLite from using its index: the rows are looked up by their ids. */
function isInScope(db: Sql, { where, inbox_id }: SearchedTable, { account_id, inboxes }: SearchScope) {
  const inAccount =
    db.dialect === 'sqlite' ? sql`+account_id = ${account_id}` : sql`account_id = ${account_id}`;
  return inboxes
    ? sql`${inAccount} and ${isAnyOf(db, inbox_id, inboxes)} and ${where}`
    : sql`${inAccount} and ${where}`;
}
