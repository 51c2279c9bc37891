/** Processes on one database know each other, and agree on the settings that callers notice. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentApi } from '@hoory/contract';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../../test/command-line.ts';
import { createTestAccount } from '../../test/fixtures/test-account.ts';
import { engines, type Fresh, freshConfig } from '../../test/server.ts';
import { readConfig } from '../config.ts';
import { openApp, type Server, startServer } from '../main.ts';

describe.runIf(engines.includes('postgres'))('nodes on PostgreSQL', { timeout: 60_000 }, () => {
  let fresh: Fresh;
  let started: Server[];

  beforeEach(async () => {
    fresh = await freshConfig('postgres', { HOORY_METRICS_TOKEN: 'only-for-the-operator' });
    started = [];
  });
  afterEach(async () => {
    for (const server of started) await server.close();
    await fresh.release();
  });

  async function start(settings: Record<string, string> = {}): Promise<Server> {
    const env = { ...fresh.env, HOORY_LOG_LEVEL: 'silent', ...settings };
    const server = await startServer(readConfig(env));
    started.push(server);
    return server;
  }

  const idsOf = ({ app }: Server) => app.nodes.list().map(({ id }) => id);

  /** Changes the row of a node that neither renews nor deletes it, as of a process that was killed. */
  const writeNode = (by: Server, node: { id: string; settings: string; silentMs: number }) =>
    by.app.db.write((tx) =>
      tx.run(
        tx.q.insertInto('nodes').values({
          id: node.id,
          name: 'elsewhere:3000',
          version: '0.0.1',
          started_at: 1,
          seen_at: Date.now() - node.silentMs,
          sockets: 3,
          settings: node.settings,
        }),
      ),
    );

  it('know each other soon after they start, and forget each other when they stop', async () => {
    const first = await start();
    expect(first.app.nodes.hasOthers()).toBe(false);
    const second = await start();
    expect(second.app.nodes.hasOthers()).toBe(true);
    expect(idsOf(second)).toEqual([first.app.nodes.id, second.app.nodes.id]);
    await expect.poll(() => first.app.nodes.hasOthers()).toBe(true);
    expect(idsOf(first)).toEqual(idsOf(second));
    await started.pop()?.close();
    await expect.poll(() => first.app.nodes.hasOthers()).toBe(false);
  });

  it('are listed to a command, which is none of them', async () => {
    const server = await start();
    const command = await openApp(fresh.config);
    expect(command.nodes.list().map(({ id }) => id)).toEqual([server.app.nodes.id]);
    expect(command.nodes.hasOthers()).toBe(true);
    await command.close();
    expect(await server.app.db.all(server.app.db.q.selectFrom('nodes').select('id'))).toHaveLength(1);
  });

  it('drop the row of a dead node', async () => {
    const server = await start();
    await writeNode(server, { id: 'dead', settings: '{}', silentMs: 60_000 });
    const rows = () => server.app.db.all(server.app.db.q.selectFrom('nodes').select('id'));
    await expect.poll(rows).toEqual([{ id: server.app.nodes.id }]);
    expect(server.app.nodes.hasOthers()).toBe(false);
  });

  it('refuse one with other settings, by their names and without their values', async () => {
    const first = await start();
    const [node] = first.app.nodes.list();
    const other = { HOORY_URL: 'https://chat.example.com', HOORY_LOG_KEEP: '1d,100' };
    await expect(start(other)).rejects.toMatchObject({
      name: 'SettingsDiffer',
      message: expect.stringMatching(
        new RegExp(`${node?.name}.*: HOORY_URL, HOORY_LOG_KEEP\\. Give all nodes the same`),
      ),
    });
    expect(idsOf(first)).toEqual([first.app.nodes.id]);
  });

  it('wait for a killed node with other settings to count as dead, and take its place', async () => {
    const command = await start();
    await writeNode(command, { id: 'killed', settings: '{"HOORY_URL":"other"}', silentMs: 8000 });
    const second = await start();
    expect(idsOf(second)).not.toContain('killed');
  });

  it('of another version with settings of its own join, and are listed with their version', async () => {
    const first = await start();
    const { q, all } = first.app.db;
    const [row] = await all(q.selectFrom('nodes').select('settings'));
    const settings = JSON.stringify({
      ...JSON.parse(row?.settings ?? '{}'),
      HOORY_LATER: 'of a later version',
    });
    await writeNode(first, { id: 'later', settings, silentMs: 0 });
    const second = await start();
    expect(second.app.nodes.list()).toContainEqual(
      expect.objectContaining({ id: 'later', version: '0.0.1' }),
    );
  });

  it('serve on while a newer one migrates the database, and refuse it at their next start', async () => {
    const server = await start();
    const { inbox, as, account } = await createTestAccount(server.app);
    const contacts = `${server.app.url()}/public/api/v1/inboxes/${inbox.identifier}/contacts`;
    const headers = { 'content-type': 'application/json' };
    const ask = async (path: string, method: string, body?: object) => {
      const answer = await fetch(contacts + path, {
        method,
        headers,
        ...(body && { body: JSON.stringify(body) }),
      });
      expect([path, answer.status]).toEqual([path, 200]);
      return answer.json();
    };
    /** Requests that read and write whole rows, whose columns change. */
    const useAll = async () => {
      const { source_id } = await ask('', 'POST', { name: 'Ann' });
      await ask(`/${source_id}`, 'PATCH', { name: 'Anna' });
      await ask(`/${source_id}`, 'GET');
      const { id } = await ask(`/${source_id}/conversations`, 'POST');
      const messages = `/${source_id}/conversations/${id}/messages`;
      await ask(messages, 'POST', { content: 'Hello' });
      expect(await ask(messages, 'GET')).toMatchObject([{ content: 'Hello' }]);
      await ask(`/${source_id}/conversations/${id}/toggle_status`, 'POST');
      await as.administrator(agentApi.agentListConversations, { account_id: account.id });
    };
    await useAll();
    const client = new pg.Client({ connectionString: fresh.env.DATABASE_URL });
    await client.connect();
    await client.query(`do $$ declare name text; begin
      for name in select table_name from information_schema.tables
        where table_schema = 'public' and table_type = 'BASE TABLE' loop
        execute format('alter table %I add column of_a_later_version text', name);
      end loop;
      insert into schema_version (version) values (9999);
    end $$`);
    await client.end();
    await useAll();
    await useAll();
    const { code, stdout, stderr } = await run(['serve'], { ...fresh.env, PORT: '0' });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /^The database is at version 9999, this Hoory knows up to \d+\. Start the newer version.*\n$/,
    );
  });

  it('say that they do not share their files, instead of knowing nothing of them', async () => {
    const first = await start();
    const { inbox } = await createTestAccount(first.app);
    const contacts = `${first.app.url()}/public/api/v1/inboxes/${inbox.identifier}/contacts`;
    const post = async (url: string, body?: FormData) =>
      (await fetch(url, { method: 'POST', ...(body && { body }) })).json();
    const { source_id } = await post(contacts);
    const { id } = await post(`${contacts}/${source_id}/conversations`);
    const form = new FormData();
    form.append('attachments[]', new Blob(['Hello']), 'hello.txt');
    const { attachments } = await post(`${contacts}/${source_id}/conversations/${id}/messages`, form);
    const { pathname } = new URL(attachments[0].data_url);
    const ask = (node: Server, path: string) => fetch(node.app.url() + path);
    const filesOf = async (node: Server) => (await (await ask(node, '/health')).json()).files;

    const sharing = await start();
    expect((await ask(sharing, pathname)).status).toBe(200);
    expect(await filesOf(sharing)).toBe('ok');

    const folder = mkdtempSync(join(tmpdir(), 'hoory-apart-'));
    const apart = await start({ HOORY_DATA: folder });
    expect(await filesOf(apart)).toBe('not shared');
    const answer = await ask(apart, pathname);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await answer.json()).toEqual({ error: expect.stringContaining('one bucket or one folder') });
    expect((await ask(apart, pathname.replace(/.{5}\/hello/, 'wrong/hello'))).status).toBe(404);
    await expect.poll(() => filesOf(first)).toBe('not shared');
    expect((await ask(first, pathname)).status).toBe(200);

    await started.pop()?.close();
    await expect.poll(() => filesOf(first)).toBe('ok');
    rmSync(folder, { recursive: true });
  });

  it('are counted for everybody at /health, and named for the operator only', async () => {
    const server = await start();
    const ask = async (headers: Record<string, string> = {}) =>
      (await fetch(`${server.app.url()}/health`, { headers })).json();
    const forwarded = { 'x-forwarded-for': '203.0.113.9' };
    const all = { status: 'woot', database: 'ok', bus: 'ok', files: 'ok', nodes: 1 };
    expect(await ask(forwarded)).toEqual(all);
    expect(await ask({ ...forwarded, authorization: 'Bearer wrong' })).toEqual(all);
    const named = {
      ...all,
      node_list: [
        {
          name: expect.stringMatching(/:\d+$/),
          version: expect.stringMatching(/^\d+\.\d+\.\d+/),
          started_at: expect.any(Number),
          sockets: 0,
        },
      ],
    };
    expect(await ask({ ...forwarded, authorization: 'Bearer only-for-the-operator' })).toEqual(named);
    expect(await ask()).toEqual(named);
    const metrics = await (await fetch(`${server.app.url()}/metrics`)).text();
    expect(metrics).toContain('\nhoory_nodes 1\n');
  });
});

it('has one node on SQLite, and stores nothing', async () => {
  const fresh = await freshConfig('sqlite');
  const { app, close } = await startServer(fresh.config);
  expect(app.nodes.list()).toMatchObject([{ id: app.nodes.id, sockets: 0, isSelf: true }]);
  expect(app.nodes.hasOthers()).toBe(false);
  expect(await app.db.all(app.db.q.selectFrom('nodes').selectAll())).toEqual([]);
  await close();
  await fresh.release();
});
