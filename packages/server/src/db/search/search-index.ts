/**
 * Fills the index of the search in the background, the same on both databases: no writer of messages waits for it. Rows are indexed by whole blocks of ids once none of a block's rows can appear any more. Until then, and while a block is
 * written anew, the search reads its rows themselves (db/search/search.ts).
 */
import { sql } from 'kysely';
import type { Db, Sql } from '../db.ts';
import { type PostingLists, readBlock } from './block-lists.ts';
import { blockSize, toBlock, toFirstId } from './posting-list.ts';
import { type SearchedTable, searchedTables } from './searched-tables.ts';

export interface SearchIndex {
  /** Indexes one block, if one is due. @returns whether there may be more to do */
  indexNextBlock(): Promise<boolean>;
}

export interface SearchIndexOptions {
  now(): number;
  /**
   * Milliseconds for which a row may still appear whose id was handed out. Writers of PostgreSQL commit side by side, and are
   * given up after half of that; SQLite has one writer.
   */
  settleMs?: number;
  /** Milliseconds for which changes of a block are gathered before it is written anew. */
  changeDelayMs?: number;
  /** Told after each block how many wait. */
  onProgress?(noun: keyof typeof searchedTables, waiting: number): void;
}

/** Grams of one transaction, so that other writes wait for a few milliseconds only. */
const rowsPerTransaction = 1000;

/** Milliseconds after which the claim of a process on a block is void; on SQLite there is no other process. */
const claimMs = { sqlite: -1, postgres: 600_000 };

export function openSearchIndex(db: Db, options: SearchIndexOptions): SearchIndex {
  const {
    now,
    settleMs: settle = db.dialect === 'postgres' ? 60_000 : 0,
    changeDelayMs: gather = 600_000,
    onProgress,
  } = options;

  async function index(noun: SearchedTable, block: number): Promise<void> {
    if (!(await claim(db, { noun, block, now: now() }))) return;
    await clear(db, noun, block);
    for (const [account_id, lists] of await readBlock(db, noun, block))
      await write(db, { noun: noun.code, block, account_id }, lists);
    await db.run(sql`update search_blocks set ready = 1 where noun = ${noun.code} and block = ${block}`);
  }

  const queues = Object.entries(searchedTables).map(([name, noun]) => ({
    name: name as keyof typeof searchedTables,
    noun,
    next: openQueue(db, noun, settle),
  }));

  return {
    indexNextBlock: async () => {
      for (const { name, noun, next } of queues) {
        const { block, waiting } = await next();
        const due = block ?? (await findChangedBlock(db, noun, now() - gather));
        if (due === undefined) continue;
        await index(noun, due);
        if (block !== undefined) onProgress?.(name, waiting);
        return true;
      }
      return false;
    },
  };
}

/** Complete blocks that are not in the index, the newest first, each once. */
function openQueue(db: Db, noun: SearchedTable, settle: number) {
  const settled = openSettledId(settle);
  let waiting: number[] | undefined;
  let known = 0;
  return async (): Promise<{ block: number | undefined; waiting: number }> => {
    const complete = toBlock(settled(await lastId(db, noun)) + 1);
    if (!waiting && complete) waiting = await missingBlocks(db, noun, complete);
    else while (known < complete) waiting?.push(known++);
    known = complete;
    const block = waiting?.pop();
    return { block, waiting: waiting?.length ?? 0 };
  };
}

/** Of the last ids as they are seen, answers the one up to which no more rows will appear. */
function openSettledId(settle: number): (last: number) => number {
  const seen: { last: number; at: number }[] = [];
  let known = 0;
  return (last) => {
    const at = performance.now();
    if (seen.at(-1)?.last !== last) seen.push({ last, at });
    while (seen[0] && seen[0].at <= at - settle) known = seen.shift()?.last ?? known;
    return known;
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

/** An indexed block of which a row changed before `until`. */
async function findChangedBlock(
  db: Sql,
  { code }: SearchedTable,
  until: number,
): Promise<number | undefined> {
  const block = sql`search_changes.id / ${sql.lit(blockSize)}`;
  const changed = await db.get(
    sql<{
      block: number;
    }>`select ${block} as block from search_changes where noun = ${code} and changed_at <= ${until}
      and exists (select 1 from search_blocks where noun = ${code} and block = ${block} and ready = 1) limit 1`,
  );
  return changed?.block;
}

/** Takes a block out of the index to write it; false when another process does. */
async function claim(
  db: Db,
  { noun, block, now }: { noun: SearchedTable; block: number; now: number },
): Promise<boolean> {
  const claimed = await db.run(sql`insert into search_blocks (noun, block, ready, claimed_at)
    values (${noun.code}, ${block}, 0, ${now})
    on conflict (noun, block) do update set ready = 0, claimed_at = excluded.claimed_at
      where search_blocks.ready = 1 or search_blocks.claimed_at < ${now - claimMs[db.dialect]}`);
  return claimed > 0;
}

/** Forgets the changes before the rows are read: what changes from here on is noted again. */
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

/** Nobody reads them before the block is ready. */
async function write(
  db: Db,
  place: { noun: number; block: number; account_id: number },
  lists: PostingLists,
): Promise<void> {
  const rows = [...lists].map(([gram, places]) => ({ ...place, gram, places: places.text }));
  for (let start = 0; start < rows.length; start += rowsPerTransaction)
    await db.write((tx) => tx.insertMany('search_grams', rows.slice(start, start + rowsPerTransaction)));
}
