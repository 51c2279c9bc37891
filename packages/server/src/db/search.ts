/**
 * Finds rows by parts of their words, the newest first, the same on both databases. An index says which rows may say what is
 * asked (db/search-index.ts), their own text decides; rows that are not indexed yet are read. A question stops reading when
 * it has found enough, and leaves the main thread every few milliseconds.
 */
import { sql } from 'kysely';
import type { Sql } from './db.ts';
import { isAnyOf } from './dialect.ts';
import { candidatesIn } from './search-candidates.ts';
import { type Noun, nouns } from './search-nouns.ts';
import { blockOf, firstOf } from './search-places.ts';
import { type Question, says } from './search-terms.ts';
import { openTurns, type Turns } from './turns.ts';

export { type Question, questionOf, searchable } from './search-terms.ts';

export interface SearchScope {
  account_id: number;
  question: Question;
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

/** Ids of rows that say what is asked, the newest first, at most `most`. */
export async function searchIds(
  db: Sql,
  noun: keyof typeof nouns,
  scope: SearchScope & { most: number },
): Promise<number[]> {
  const ids: number[] = [];
  if (!scope.question.length) return ids;
  for await (const id of found(db, nouns[noun], scope)) {
    ids.push(id);
    if (ids.length >= scope.most) break;
  }
  return ids;
}

async function* found(db: Sql, noun: Noun, scope: SearchScope): AsyncGenerator<number> {
  const last = await db.get(sql<{ last: number | null }>`select max(id) as last from ${noun.table}`);
  const newest = Math.min(last?.last ?? 0, (scope.before ?? Number.POSITIVE_INFINITY) - 1);
  const turns = openTurns();
  let size = firstBlocks;
  for (let highest = blockOf(newest); highest >= 0; ) {
    const lowest = Math.max(highest - size + 1, 0);
    const candidates = await candidatesIn(db, noun, { ...scope, blocks: [lowest, highest] });
    await turns.pass();
    let ids: number[] = [];
    for (let block = highest; block >= lowest; block--) {
      const known = candidates.get(block);
      if (known) ids = ids.concat(known.filter((id) => id <= newest));
      else {
        yield* confirmed(db, noun, scope, { ids, turns });
        ids = [];
        const end = Math.min(firstOf(block + 1), newest + 1);
        yield* scanned(db, noun, scope, { from: firstOf(block), end, turns });
      }
    }
    yield* confirmed(db, noun, scope, { ids, turns });
    highest = lowest - 1;
    size = Math.min(size * 2, mostBlocks[db.dialect]);
  }
}

interface TextRow {
  id: number;
  text: string;
}

/** Of `ids`, which fall, those whose text says it. */
async function* confirmed(
  db: Sql,
  noun: Noun,
  scope: SearchScope,
  { ids, turns }: { ids: readonly number[]; turns: Turns },
): AsyncGenerator<number> {
  for (let start = 0, size = 16; start < ids.length; start += size) {
    size = Math.min(size * 2, rowsAtOnce);
    const rows = await db.all(
      sql<TextRow>`select id, ${noun.text} as text from ${noun.table}
        where ${isAnyOf(db, 'id', ids.slice(start, start + size))} and ${seen(db, noun, scope)} order by id desc`,
    );
    yield* saying(noun, scope, { rows, turns });
  }
}

/** Of the rows from one id to before another, those whose text says it. */
async function* scanned(
  db: Sql,
  noun: Noun,
  scope: SearchScope,
  { from, end, turns }: { from: number; end: number; turns: Turns },
): AsyncGenerator<number> {
  for (let before = end, isLeft = true; isLeft; ) {
    const rows = await db.all(
      sql<TextRow>`select id, ${noun.text} as text from ${noun.table}
        where id >= ${from} and id < ${before} and ${seen(db, noun, scope)} order by id desc limit ${rowsAtOnce}`,
    );
    yield* saying(noun, scope, { rows, turns });
    isLeft = rows.length === rowsAtOnce;
    before = rows.at(-1)?.id ?? from;
  }
}

async function* saying(
  noun: Noun,
  { question }: SearchScope,
  { rows, turns }: { rows: readonly TextRow[]; turns: Turns },
): AsyncGenerator<number> {
  for (const { id, text } of rows) {
    if (says(noun.toSearchable(text), question)) yield id;
    await turns.pass();
  }
}

/** By its name with a sign, so that SQLite looks the rows up by their ids. */
function seen(db: Sql, { where, inbox_id }: Noun, { account_id, inboxes }: SearchScope) {
  const inAccount =
    db.dialect === 'sqlite' ? sql`+account_id = ${account_id}` : sql`account_id = ${account_id}`;
  return inboxes
    ? sql`${inAccount} and ${isAnyOf(db, inbox_id, inboxes)} and ${where}`
    : sql`${inAccount} and ${where}`;
}
