/** Databases of the last build before the baseline migration, which are in `test/version-120`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReportMetric } from '@hoory/contract';
import Database from 'better-sqlite3';
import { sql } from 'kysely';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countRows, loadRows } from '../../test/fixtures/report-scan.ts';
import { emptyConfig, engines, type Fresh } from '../../test/server.ts';
import { startServer } from '../main.ts';
import { accountScope, agentsScope, inboxScope, labelScope, teamScope } from '../reports/scope.ts';
import { sumFacts } from '../reports/store-facts.ts';
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

  it('has facts of reports and live counts that equal its rows', async () => {
    await execute(fresh, olderRows);
    const db = await openDb(fresh.config, { beforeCommit: async () => {} });
    const rows = await loadRows(db);
    const longest = rows.conversations.find(({ message_count }) => message_count > 200);
    expect(longest).toMatchObject({ id: 2, team_id: 7 });
    const since = firstRow + 100_000_000;
    const intervals = [
      { since: 0, until: since },
      { since, until: since + 90_061_000 },
    ];
    const scopes = [
      [accountScope, { type: 'account', id: 0 }],
      [inboxScope(1), { type: 'inbox', id: 1 }],
      [agentsScope(db, [1]), { type: 'agent', id: 1 }],
      [teamScope(7), { type: 'team', id: 7 }],
      [labelScope('vip'), { type: 'label', id: 0, title: 'vip' }],
    ] as const;
    for (const [scope, subject] of scopes) {
      const columns = [
        'conversations',
        'outgoing_messages',
        'first_responses',
        'first_response_time',
      ] as const;
      const sums = await sumFacts(db, { account_id: 1, scope, intervals, columns });
      const expected = intervals.map((interval) => {
        const count = (metric: ReportMetric) =>
          countRows(rows, { subject, interval, metric, business_hours: false });
        const { count: first_responses = 0, value } = count('avg_first_response_time');
        return {
          conversations: count('conversations_count').value,
          outgoing_messages: count('outgoing_messages_count').value,
          first_responses,
          first_response_time: Math.round(value * first_responses),
        };
      });
      expect({ subject, sums }).toEqual({ subject, sums: expected });
    }
    const live = await db.all(
      sql<{ count: number }>`select sum(count) as count from conversation_counts where is_unattended = 1`,
    );
    const waiting = rows.conversations.filter(
      ({ status, first_reply_created_at }) => status === 'open' && first_reply_created_at === null,
    );
    expect(Number(live[0]?.count)).toBe(waiting.length);
    await db.close();
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

const firstRow = 1_790_000_000_000;

const series = (most: number) =>
  `with recursive series (n) as (select 1 union all select n + 1 from series where n < ${most})`;

/** Conversations, messages and durations of some days; conversation 2 has more than 200 messages. */
const olderRows = `
  ${series(60)} insert into conversations (id, account_id, display_id, uuid, inbox_id, contact_id, contact_inbox_id, status,
      assignee_id, team_id, labels, first_reply_created_at, last_activity_at, additional_attributes, custom_attributes,
      unread_count, has_outgoing, has_template, has_csat, created_at, updated_at)
    select n + 1, 1, n + 1, 'u' || n, 1, 1, 1, case n % 3 when 0 then 'resolved' else 'open' end,
      case n % 2 when 0 then 1 end, case n % 4 when 1 then 7 end, '["vip"]', case n % 5 when 0 then ${firstRow} end, 0, '{}', '{}',
      0, 0, 0, 0, ${firstRow} + n * 4000000, 0 from series;
  ${series(30)} insert into conversation_labels (conversation_id, label, account_id)
    select n * 2, 'vip', 1 from series;
  ${series(1500)} insert into messages (id, account_id, inbox_id, conversation_id, message_type, content_type,
      content_attributes, additional_attributes, private, status, sender_type, sender_id, created_at, updated_at)
    select n + 10, 1, 1, case when n <= 300 then 2 else 2 + n % 60 end, n % 3, 'text', '{}', '{}',
      case n % 7 when 0 then 1 else 0 end, 'sent', case n % 3 when 1 then 'User' else 'Contact' end, 1,
      ${firstRow} + n * 170000, 0 from series;
  ${series(200)} insert into report_events (id, account_id, name, value, value_in_business_hours, conversation_id, inbox_id,
      user_id, created_at)
    select n, 1, case n % 2 when 0 then 'first_response' else 'reply_time' end, n * 7, n, 2 + n % 60, 1, 1,
      ${firstRow} + n * 1300000 from series;
`;

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
