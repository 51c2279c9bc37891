/**
 * Fills the search index in the background, on both databases, so that no writer of messages waits for it. A block of ids is
 * indexed
 * when no more rows with these ids can appear. Until then, and while a block is indexed again, the search reads the rows
 * themselves (`search.ts`).
 */
import { sql } from 'kysely';
import type { Db, Sql } from '../db.ts';
import { type PostingLists, readBlock } from './block-lists.ts';
import { blockSize, toBlock, toFirstId } from './posting-list.ts';
import {
  type SearchedTable,
  type SearchedTableName,
  searchedTableNames,
  searchedTables,
} from './searched-tables.ts';

export interface SearchIndex {
  /** Indexes one block, if one is due. @returns whether another may be due */
  indexNextBlock(): Promise<boolean>;
}

export interface SearchIndexOptions {
  now(): number;
  /**
   * Time after which no row with an id that was handed out can appear. On PostgreSQL, transactions commit in any order, and time
   * out
   * after half of that; SQLite has one writer.
   */
  settleMs?: number;
  /** Time for which changes of a block are collected before it is indexed again. */
  changeDelayMs?: number;
  /** Called after each new block with the number of blocks that are not indexed yet. */
  onProgress?(noun: SearchedTableName, waiting: number): void;
}

/** Rows of `search_grams` in one transaction, so that other writes wait for about two milliseconds only. */
const rowsPerTransaction = 100;

/** After this time the missing blocks are read again: the indexing of one may have failed. */
const rereadMs = 600_000;

/** Opens the index. Nothing is indexed until `indexNextBlock` is called. */
export function openSearchIndex(db: Db, options: SearchIndexOptions): SearchIndex {
  const {
    now,
    settleMs = db.dialect === 'postgres' ? 60_000 : 0,
    changeDelayMs = 600_000,
    onProgress,
  } = options;

  async function index(
    noun: SearchedTable,
    { block, isNew }: { block: number; isNew: boolean },
  ): Promise<void> {
    if (!(await claim(db, { noun, block, isNew, now: now() }))) return;
    await clear(db, noun, block);
    for (const [account_id, lists] of await readBlock(db, noun, block))
      await write(db, { noun: noun.code, block, account_id }, lists);
    await db.run(sql`update search_blocks set ready = 1 where noun = ${noun.code} and block = ${block}`);
  }

  const queues = searchedTableNames.map((name) => ({
    name,
    noun: searchedTables[name],
    next: openQueue(db, searchedTables[name], settleMs),
  }));

  return {
    indexNextBlock: async () => {
      for (const { name, noun, next } of queues) {
        const { block, waiting } = await next();
        const due = block ?? (await findChangedBlock(db, noun, now() - changeDelayMs));
        if (due === undefined) continue;
        await index(noun, { block: due, isNew: block !== undefined });
        if (block !== undefined) onProgress?.(name, waiting);
        return true;
      }
      return false;
    },
  };
}

/** Returns complete blocks that are not in the index, the newest first, each once. */
function openQueue(db: Db, noun: SearchedTable, settleMs: number) {
  const settled = openSettledId(settleMs);
  let waiting: number[] | undefined;
  let known = 0;
  let readAtMs = 0;
  return async (): Promise<{ block: number | undefined; waiting: number }> => {
    const complete = toBlock(settled(await lastId(db, noun)) + 1);
    const isReadDue = !waiting || (!waiting.length && performance.now() - readAtMs > rereadMs);
    if (isReadDue && complete) {
      readAtMs = performance.now();
      waiting = await missingBlocks(db, noun, complete);
    } else while (known < complete) waiting?.push(known++);
    known = complete;
    const block = waiting?.pop();
    return { block, waiting: waiting?.length ?? 0 };
  };
}

/** Takes the highest id at each call, and returns the id up to which no more rows can appear: the highest of `settleMs` ago. */
function openSettledId(settleMs: number): (last: number) => number {
  const seen: { last: number; at: number }[] = [];
  let settled = 0;
  return (last) => {
    const at = performance.now();
    if (seen.at(-1)?.last !== last) seen.push({ last, at });
    while (seen[0] && seen[0].at <= at - settleMs) settled = seen.shift()?.last ?? settled;
    return settled;
  };
}

const lastId = async (db: Sql, { table }: SearchedTable): Promise<number> =>
  (await db.get(sql<{ last: number | null }>`select max(id) as last from ${table}`))?.last ?? 0;

async function missingBlocks(db: Sql, { code }: SearchedTable, complete: number): Promise<number[]> {
  const rows = await db.all(
    sql<{ block: number }>`select block from search_blocks where noun = ${code} and ready = 1`,
  );
  const ready = new Set(rows.map(({ block }) => block));
  return Array.from({ length: complete }, (_, block) => block).filter((block) => !ready.has(block));
}

/** An indexed block with a row that changed before `until`, in milliseconds; undefined when there is none. */
async function findChangedBlock(
  db: Sql,
  { code }: SearchedTable,
  until: number,
): Promise<number | undefined> {
  const block = sql`search_changes.id / ${sql.lit(blockSize)}`;
  const row = await db.get(
    sql<{
      block: number;
    }>`select ${block} as block from search_changes where noun = ${code} and changed_at <= ${until}
      and exists (select 1 from search_blocks where noun = ${code} and block = ${block} and ready = 1) limit 1`,
  );
  return row?.block;
}

/**
 * Claims a block and takes it out of the index, to write it. A block that is new to this process, and that another one has indexed
 * meanwhile, is not indexed again. A claimed block is one that a process has left behind: one node at a time indexes
 * (`nodes/leases.ts`), and the next one goes on at once.
 * @returns false when another process has indexed a new one
 */
async function claim(
  db: Db,
  { noun, block, isNew, now }: { noun: SearchedTable; block: number; isNew: boolean; now: number },
): Promise<boolean> {
  const claimed = await db.run(sql`insert into search_blocks (noun, block, ready, claimed_at)
    values (${noun.code}, ${block}, 0, ${now})
    on conflict (noun, block) do update set ready = 0, claimed_at = excluded.claimed_at
      where search_blocks.ready = ${isNew ? -1 : 1}
        or search_blocks.ready = 0`);
  return claimed > 0;
}

/** Deletes the grams and the recorded changes of a block before its rows are read, so that later changes are recorded again. */
async function clear(db: Db, { code }: SearchedTable, block: number): Promise<void> {
  await db.run(sql`delete from search_changes
    where noun = ${code} and id >= ${toFirstId(block)} and id < ${toFirstId(block + 1)}`);
  const within = sql`noun = ${code} and block = ${block}`;
  for (let isLeft = true; isLeft; )
    isLeft = await db.write(async (tx) => {
      const end = await tx.get(sql<{
        account_id: number;
        gram: string;
      }>`select account_id, gram from search_grams
        where ${within} order by account_id, gram limit 1 offset ${rowsPerTransaction}`);
      const some = end ? sql`and (account_id, gram) < (${end.account_id}, ${end.gram})` : sql``;
      await tx.run(sql`delete from search_grams where ${within} ${some}`);
      return end !== undefined;
    });
}

/** Writes the lists of one account. In several transactions, because they are not read before the block is ready. */
async function write(
  db: Db,
  key: { noun: number; block: number; account_id: number },
  lists: PostingLists,
): Promise<void> {
  const entries = lists.entries();
  for (let isLeft = true; isLeft; ) {
    const rows = take(entries, rowsPerTransaction).map(([gram, list]) => ({
      ...key,
      gram,
      places: list.text,
    }));
    if (rows.length) await db.write((tx) => tx.insertMany('search_grams', rows));
    isLeft = rows.length === rowsPerTransaction;
  }
}

/** The next items of an iterator, at most `count`. A block has up to 40 000 lists: rows of all of them at once take 100 ms. */
function take<Item>(items: Iterator<Item>, count: number): Item[] {
  const taken: Item[] = [];
  while (taken.length < count) {
    const { done, value } = items.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
}
