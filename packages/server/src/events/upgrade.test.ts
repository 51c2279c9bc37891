/** A log that an older version has written, read and continued by this one. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emptyConfig, engines, type Fresh } from '../../test/server.ts';
import { migrateSqlite, migrationsFor } from '../db/migrate.ts';
import { migratePostgres } from '../db/migrate-postgres.ts';
import { openApp } from '../main.ts';
import { emit } from './emit.ts';
import { readAfter, readHeads } from './read.ts';

const before = (dialect: 'sqlite' | 'postgres') =>
  migrationsFor(dialect).filter(({ version }) => version < 57);

/** What version 56 wrote: `inbox:1` from offset 11 to 150, `session:1` beside it, `user:1` without an entry. */
const written = `
  insert into streams (id, name, last_offset, pruned_offset) values (1001, 'inbox:1', 150, 10), (1002, 'session:1', 2, 0), (1003, 'user:1', 4, 4);
  insert into events (stream_id, stream_offset, event, payload, created_at) values
    ${Array.from({ length: 140 }, (_, index) => `(1001, ${index + 11}, 'message.created', '{"n":${index + 11}}', ${1000 + index})`).join()},
    (1002, 1, 'message.created', '{"n":1}', 1000), (1002, 2, 'message.created', '{"n":2}', 1100);`;

describe.each(engines)('the log of an older version on %s', (engine) => {
  let fresh: Fresh;
  let app: Awaited<ReturnType<typeof openApp>>;

  beforeEach(async () => {
    fresh = await emptyConfig(engine);
    const { data, databaseUrl } = fresh.config;
    if (databaseUrl) {
      await migratePostgres(databaseUrl, before('postgres'));
      const client = new pg.Client({ connectionString: databaseUrl });
      await client.connect();
      await client.query(written);
      await client.end();
    } else {
      const path = join(data, 'hoory.sqlite');
      migrateSqlite(path, before('sqlite'));
      new Database(path).exec(written).close();
    }
    app = await openApp(fresh.config, () => 5000);
  });
  afterEach(async () => {
    await app.close();
    await fresh.release();
  });

  const numbers = async (stream: string, after = 0) =>
    (await readAfter(app.db, stream, after, 1000)).map(({ payload }) => JSON.parse(payload).n);

  it('is read as it was, from every position', async () => {
    const all = Array.from({ length: 140 }, (_, index) => index + 11);
    expect(await numbers('inbox:1')).toEqual(all);
    for (const after of [10, 63, 64, 65, 127, 128, 149, 150])
      expect(await numbers('inbox:1', after)).toEqual(all.filter((number) => number > after));
    expect(await numbers('session:1', 1)).toEqual([2]);
    expect(await readHeads(app.db, ['inbox:1', 'user:1'])).toEqual(
      new Map([
        ['inbox:1', { last: 150, pruned: 10, prunedAt: 0 }],
        ['user:1', { last: 4, pruned: 4, prunedAt: 0 }],
      ]),
    );
  });

  it('goes on', async () => {
    await app.db.write(async (tx) =>
      emit(tx, 'message.created', [{ streams: ['inbox:1', 'user:1', 'session:2'], data: {} }]),
    );
    const offsets = async (stream: string, after: number) =>
      (await readAfter(app.db, stream, after, 10)).map(({ offset }) => offset);
    expect(await offsets('inbox:1', 148)).toEqual([149, 150, 151]);
    expect(await offsets('user:1', 4)).toEqual([5]);
    expect(await offsets('session:2', 0)).toEqual([1]);
  });
});
