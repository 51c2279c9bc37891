/** Long reads delay nobody, see what is committed, and are refused when they take too long. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { engines, type Fresh, freshConfig } from '../../test/server.ts';
import { Refusal } from '../errors.ts';
import { DatabaseFailed } from './database-failed.ts';
import type { Db } from './db.ts';
import { openDb } from './open.ts';
import { openReaderThreads, type ReaderThreads, type ReaderThreadsOptions } from './sqlite/reader-threads.ts';

let fresh: Fresh;
let db: Db;

const open = async (engine: (typeof engines)[number]) => {
  fresh = await freshConfig(engine);
  db = await openDb(fresh.config, { beforeCommit: async () => {} });
};

afterEach(async () => {
  await db.close();
  await fresh.release();
});

/** The other columns of a row of `streams`. */
const stream = { id: 1, pruned_offset: 0, last_entry_id: 0, pruned_at: 0 };

const refused = (error: unknown) =>
  error instanceof Refusal ? [error.code, error.detail.retryAfter] : String(error);

describe.each(engines)('long reads on %s', (engine) => {
  beforeEach(() => open(engine));

  /** As long as it takes to count to `rows`. */
  const counting = (rows: number) =>
    sql<{ count: number }>`with recursive counted(number) as
      (select 1 union all select number + 1 from counted where number < ${sql.lit(rows)})
      select count(*) as count from counted`;

  it('see each write that was answered before them', async () => {
    for (let number = 1; number <= 20; number++) {
      await db.write((tx) =>
        tx.insertMany('streams', [{ ...stream, id: number, name: `stream ${number}`, last_offset: 0 }]),
      );
      const query = sql<{ count: number }>`select count(*) as count from streams`;
      expect(await db.longReads.get(query)).toEqual({ count: number });
    }
  });

  it('return the same rows as other reads', async () => {
    await db.write((tx) => tx.insertMany('streams', [{ ...stream, name: 'a', last_offset: 7 }]));
    const query = sql`select name, last_offset, null as "absent", last_offset as "inner.last" from streams`;
    const rows = await db.longReads.all(query);
    expect(rows).toEqual([{ name: 'a', last_offset: 7, absent: null, inner: { last: 7 } }]);
    expect(rows).toEqual(await db.all(query));
  });

  it('let reads and writes pass that begin after them', async () => {
    const order: string[] = [];
    const long = db.longReads.get(counting(1_500_000)).then(() => order.push('long'));
    await db.get(sql`select 1 as one`).then(() => order.push('read'));
    await db
      .write((tx) => tx.insertMany('streams', [{ ...stream, name: 'a', last_offset: 0 }]))
      .then(() => order.push('write'));
    await long;
    expect(order).toEqual(['read', 'write', 'long']);
  });

  it('report a faulty statement and refuse one that writes', async () => {
    await expect(db.longReads.all(sql`select name from nowhere`)).rejects.toThrow(/nowhere/);
    const write = sql`update streams set last_offset = 1`;
    await expect(db.longReads.run(write)).rejects.toThrow(/read-only|statements that return data/);
    expect(await db.all(sql`select name from streams`)).toEqual([]);
  });
});

describe.skipIf(!engines.includes('postgres'))('a long read on postgres', () => {
  beforeEach(() => open('postgres'));

  it('is cancelled by the database when it takes too long', async () => {
    const error = await db.longReads.get(sql`select pg_sleep(60)`).catch(refused);
    expect(error).toEqual(['unavailable', 5]);
    const running = sql`select pid from pg_stat_activity where datname = current_database() and query like '%pg_sleep(60)%'
      and state = 'active' and pid <> pg_backend_pid()`;
    // The error is sent before the connection becomes idle.
    await expect.poll(() => db.all(running)).toEqual([]);
  });
});

describe('reader threads', () => {
  const opened: ReaderThreads[] = [];

  beforeEach(() => open('sqlite'));
  afterEach(async () => {
    for (const threads of opened.splice(0)) await threads.close();
  });

  const openThreads = (options: ReaderThreadsOptions) => {
    const threads = openReaderThreads(join(fresh.config.data, 'hoory.sqlite'), options);
    opened.push(threads);
    return threads;
  };
  const one = (threads: ReaderThreads) => threads.read('select 1 as one', []);
  const expectedOne = { columns: ['one'], rows: [[1]] };
  const manyRows = (rows: number, column: string) =>
    `with recursive r(n) as (select 1 union all select n + 1 from r where n < ${rows}) select ${column} from r`;

  it('refuse a read that takes too long, and serve others afterwards', async () => {
    const threads = openThreads({ maxThreads: 1, timeoutMs: 300 });
    expect(await one(threads)).toEqual(expectedOne);
    expect(await threads.read(manyRows(4_000_000, 'count(*)'), []).catch(refused)).toEqual([
      'unavailable',
      5,
    ]);
    await expect.poll(() => one(threads).catch(refused)).toEqual(expectedOne);
  });

  it('refuse a read when too many wait', async () => {
    const threads = openThreads({ maxThreads: 1, maxWaiting: 2 });
    const reads = [one(threads), one(threads), one(threads)];
    expect(await one(threads).catch(refused)).toEqual(['unavailable', 5]);
    expect(await Promise.all(reads)).toEqual([expectedOne, expectedOne, expectedOne]);
  });

  it('fail the read of a thread that dies, and replace the thread', async () => {
    const path = join(fresh.config.data, 'later.sqlite');
    const threads = openReaderThreads(path, { maxThreads: 1 });
    opened.push(threads);
    expect(await one(threads).catch((error: unknown) => error)).toBeInstanceOf(DatabaseFailed);
    copyFileSync(join(fresh.config.data, 'hoory.sqlite'), path);
    expect(await one(threads)).toEqual(expectedOne);
  });

  it('reject what waits when the database closes', async () => {
    const threads = openThreads({ maxThreads: 1 });
    const reads = [one(threads), one(threads)].map((read) => read.catch((error: unknown) => error));
    await threads.close();
    for (const error of await Promise.all(reads)) expect(error).toBeInstanceOf(DatabaseFailed);
  });
});
