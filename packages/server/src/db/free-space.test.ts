/** The database does not grow while its content stays as it is, and a full disk during upkeep changes nothing. */
import { statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { sql } from 'kysely';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { logEvent } from '../../test/log-event.ts';
import { engines, type Fresh, freshConfig } from '../../test/server.ts';
import { packLog } from '../events/pack.ts';
import { pruneLog } from '../events/prune.ts';
import { readAfter } from '../events/read.ts';
import { openApp } from '../main.ts';
import { findVacuumAdvice, giveBackSpace, readSpace } from './free-space.ts';
import { sqlitePath } from './open.ts';
import { vacuumSqlite } from './sqlite/vacuum.ts';

const second = 1000;
let fresh: Fresh;
let app: Awaited<ReturnType<typeof openApp>>;
let now: number;

async function open(engine: 'sqlite' | 'postgres') {
  now = 1_000_000_000;
  fresh = await freshConfig(engine);
  app = await openApp(fresh.config, () => now);
}
const close = async () => {
  await app.close();
  await fresh.release();
};

/** A payload of a few kB with much that differs, so that packs of them are large as well. */
const say = (count: number) =>
  app.db.write(async (tx) => {
    for (let n = 0; n < count; n++) {
      const text = Array.from({ length: 200 }, () => Math.random()).join();
      logEvent(tx, 'message.created', [{ streams: [`session:${n % 50}`, 'inbox:1'], data: { text } }]);
    }
  });

async function vacuumPostgres(): Promise<void> {
  const client = new pg.Client({ connectionString: fresh.config.databaseUrl });
  await client.connect();
  await client.query('vacuum events, stream_entries, packs, streams');
  await client.end();
}

async function giveBackAll(): Promise<void> {
  while ((await giveBackSpace(app.db)) > 0);
}

describe.each(engines)('the space of a database on %s', (engine) => {
  beforeEach(() => open(engine));
  afterEach(close);

  it('stays the same under a constant load, once the first events are older than the log keeps them', async () => {
    const sizes: number[] = [];
    for (let round = 0; round < 24; round++) {
      await say(150);
      now += 20 * second;
      await packLog(app.db, now);
      await pruneLog(app.db, { age: 120 * second, events: 1000 }, now);
      if (engine === 'sqlite') await giveBackAll();
      // Autovacuum does this, at times that a test cannot know.
      else await vacuumPostgres();
      sizes.push((await readSpace(app.db)).size);
    }
    const settled = Math.max(...sizes.slice(8, 12));
    expect(Math.max(...sizes.slice(12))).toBeLessThanOrEqual(settled * 1.15);
    expect((await readAfter(app.db, 'inbox:1', 3500, 10)).length).toBe(10);
  });
});

describe('the file of SQLite', () => {
  beforeEach(() => open('sqlite'));
  afterEach(close);

  it('shrinks in short steps when rows are deleted, and keeps a reserve for new ones', async () => {
    for (let n = 0; n < 8; n++) await say(500);
    const full = await readSpace(app.db);
    await pruneLog(app.db, { age: 0, events: 1 }, now + 1);
    expect((await readSpace(app.db)).free).toBeGreaterThan(full.size / 2);
    await giveBackAll();
    const { size, free } = await readSpace(app.db);
    expect(size).toBeLessThan(full.size / 4);
    expect(free).toBeLessThanOrEqual(Math.max(size / 8, 1024 * 1024));
    await app.close();
    expect(statSync(sqlitePath(fresh.config.data)).size).toBe(size);
    app = await openApp(fresh.config, () => now);
  });

  it('of an older version shrinks after it was vacuumed', async () => {
    await app.close();
    const path = sqlitePath(fresh.config.data);
    const older = new Database(path);
    older.pragma('auto_vacuum = none');
    older.exec('vacuum');
    older.close();
    app = await openApp(fresh.config, () => now);
    for (let n = 0; n < 40; n++) await say(500);
    await pruneLog(app.db, { age: 0, events: 1 }, now + 1);
    expect(await giveBackSpace(app.db)).toBe(0);
    expect(await findVacuumAdvice(app.db)).toMatch(/^\d+ MB of the database are free/);
    await app.close();
    const { before, after } = vacuumSqlite(path);
    expect(after).toBeLessThan(before / 10);
    app = await openApp(fresh.config, () => now);
    expect(await findVacuumAdvice(app.db)).toBeUndefined();
    for (let n = 0; n < 8; n++) await say(500);
    await pruneLog(app.db, { age: 0, events: 1 }, now + 1);
    expect(await giveBackSpace(app.db)).toBeGreaterThan(0);
  });

  it('that is full stays as it was when packing or pruning fails', async () => {
    await say(300);
    const limit = (pages: number) =>
      app.db.write((tx) => tx.all(sql`pragma max_page_count = ${sql.lit(pages)}`));
    const entries = await readAfter(app.db, 'inbox:1', 0, 1000);
    const [pages] = await app.db.all(
      sql<{ count: number }>`select page_count as count from pragma_page_count`,
    );
    await limit(pages?.count ?? 0);
    await expect(packLog(app.db, now + 120 * second)).rejects.toThrow(/full/);
    expect(await readAfter(app.db, 'inbox:1', 0, 1000)).toEqual(entries);
    expect(await app.db.all(app.db.q.selectFrom('packs').select('id'))).toEqual([]);
    await limit(1_000_000);
    expect(await packLog(app.db, now + 120 * second)).toBeGreaterThan(0);
    expect(await readAfter(app.db, 'inbox:1', 0, 1000)).toEqual(entries);
  });
});
