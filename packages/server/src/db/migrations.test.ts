/** Databases of the last build before the baseline migration, which are in `test/version-120`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emptyConfig, engines, type Fresh } from '../../test/server.ts';
import { startServer } from '../main.ts';
import { OlderDatabase } from './migrations.ts';
import { openDb } from './open.ts';

const storedBy = (engine: 'sqlite' | 'postgres') =>
  readFileSync(new URL(`../../test/version-120/${engine}.sql`, import.meta.url), 'utf8');

describe.each(engines)('a database of version 120 on %s', (engine) => {
  let fresh: Fresh;

  beforeEach(async () => {
    fresh = await emptyConfig(engine);
    await execute(fresh, storedBy(engine));
  });
  afterEach(() => fresh.release());

  it('comes to the schema of a new database', async () => {
    await (await openDb(fresh.config, { beforeCommit: async () => {} })).close();
    const empty = await emptyConfig(engine);
    await (await openDb(empty.config, { beforeCommit: async () => {} })).close();
    const schema = await readSchema(empty);
    expect(schema.length).toBeGreaterThan(100);
    expect(await readSchema(fresh)).toEqual(schema);
    await empty.release();
  });

  it('is opened and served as it is', async () => {
    const server = await startServer(fresh.config);
    try {
      const path = await messagesPath(server.app.db);
      const list = async () => (await fetch(server.app.url() + path)).json();
      const send = (content: string, echo_id: string) =>
        fetch(server.app.url() + path, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ content, echo_id }),
        });
      expect(await list()).toMatchObject([{ content: 'Where is my order?' }, { content: 'Number 4711' }]);
      expect((await send('And now?', 'now')).status).toBe(200);
      expect((await send('Number 4711', 'Number 4711')).status).toBe(200);
      expect(await list()).toMatchObject([
        { content: 'Where is my order?' },
        { content: 'Number 4711' },
        { content: 'And now?' },
      ]);
    } finally {
      await server.close();
    }
  });

  it('is refused before that version, with what to do', async () => {
    await execute(
      fresh,
      { sqlite: 'pragma user_version = 99', postgres: 'delete from schema_version where version > 99' }[
        engine
      ],
    );
    const open = openDb(fresh.config, { beforeCommit: async () => {} });
    await expect(open).rejects.toBeInstanceOf(OlderDatabase);
    await expect(open).rejects.toThrow(/at version 99.*Start the last build of Hoory 0\.1\.0/);
  });
});

async function messagesPath(db: Awaited<ReturnType<typeof openDb>>): Promise<string> {
  const { identifier } = (await db.get(db.q.selectFrom('inboxes').select('identifier'))) ?? {};
  const { source_id } = (await db.get(db.q.selectFrom('contact_inboxes').select('source_id'))) ?? {};
  return `/public/api/v1/inboxes/${identifier}/contacts/${source_id}/conversations/1/messages`;
}

async function execute({ config }: Fresh, text: string): Promise<void> {
  if (config.databaseUrl) await query(config.databaseUrl, text);
  else new Database(sqlitePath(config.data)).exec(text).close();
}

const sqlitePath = (data: string) => join(data, 'hoory.sqlite');

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client
    .query(text)
    .then(({ rows }) => rows)
    .finally(() => client.end());
}

/** Every table, column, constraint, index, trigger, function and sequence, as text that does not depend on its layout. */
async function readSchema({ config }: Fresh): Promise<string[]> {
  if (config.databaseUrl)
    return (await Promise.all(catalog.map((text) => query(config.databaseUrl as string, text))))
      .flat()
      .map((row) => JSON.stringify(row));
  const db = new Database(sqlitePath(config.data), { readonly: true });
  const rows = db.prepare<[], { sql: string }>('select sql from sqlite_master where sql is not null').all();
  db.close();
  return rows
    .map(({ sql }) =>
      sql
        .replace(/--.*/g, '')
        .replace(/"(\w+)"/g, '$1')
        .replace(/\s+/g, '')
        .toLowerCase(),
    )
    .sort();
}

const catalog = [
  `select relname, attname, attnum, format_type(atttypid, atttypmod), attnotnull, attgenerated, attcollation, attstattarget,
      attstorage, pg_get_expr(adbin, adrelid) as value
    from pg_attribute join pg_class on pg_class.oid = attrelid left join pg_attrdef on adrelid = attrelid and adnum = attnum
    where relnamespace = current_schema()::regnamespace and attnum > 0 and not attisdropped and relkind = 'r' order by 1, 3`,
  `select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint
    where connamespace = current_schema()::regnamespace order by 1, 2`,
  `select tablename, indexname, indexdef from pg_indexes where schemaname = current_schema() order by 1, 2`,
  `select tgname, pg_get_triggerdef(oid) from pg_trigger where not tgisinternal order by 1`,
  `select proname, pg_get_functiondef(oid) from pg_proc where pronamespace = current_schema()::regnamespace order by 1`,
  `select relname, relkind, reloptions from pg_class where relnamespace = current_schema()::regnamespace order by 1`,
  `select sequencename, data_type, start_value, increment_by, cycle, cache_size,
      pg_get_serial_sequence(replace(sequencename, '_id_seq', ''), 'id') as owner
    from pg_sequences where schemaname = current_schema() order by 1`,
];
