/** The primary of a PostgreSQL with a streaming standby is killed, and the standby promoted, while people post and listen. */
import { mkdtempSync, rmSync } from 'node:fs';
import type { TcpNetConnectOpts } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { openCommitOutcomes } from '../../src/db/postgres/commit-outcome.ts';
import { incarnationOf, openPool } from '../../src/db/postgres/pool.ts';
import { type Server, startServer } from '../../src/main.ts';
import { throughNetwork } from '../databases.ts';
import { createTestAccount } from '../fixtures/test-account.ts';
import { type Network, openNetwork } from '../network.ts';
import { type PostgresPair, startPostgresPair } from '../postgres-pair.ts';
import { attempt, enter, heardBy, post, readAll, unavailable, until } from '../posting-customers.ts';
import { engines } from '../server.ts';

const opened: (() => Promise<unknown>)[] = [];

describe.runIf(engines.includes('postgres'))('a PostgreSQL with a standby', () => {
  let data: string;
  let pair: PostgresPair;
  /** The address that a balancer has, before whichever server is the primary. */
  let moving: Network;
  const target: TcpNetConnectOpts = { host: '127.0.0.1', port: 0 };

  beforeAll(async () => {
    data = mkdtempSync(join(tmpdir(), 'hoory-test-'));
    pair = await startPostgresPair();
    target.port = pair.primary.port;
    moving = await openNetwork(target);
  });

  afterAll(async () => {
    for (const close of opened.splice(0).reverse()) await close();
    await moving.stop();
    await pair.stop();
    rmSync(data, { recursive: true, force: true });
  });

  /** A node that reaches the database at this address. */
  async function startNode(DATABASE_URL: string): Promise<Server> {
    const server = await startServer(
      readConfig({
        DATABASE_URL,
        HOORY_DATA: data,
        PORT: '0',
        HOORY_LOG_LEVEL: 'silent',
        HOORY_RATE_LIMITS: 'off',
      }),
    );
    opened.push(server.close);
    return server;
  }

  const health = async ({ app }: Server) => (await fetch(`${app.url()}/health`)).json();

  test('that is promoted goes on with everything that was acknowledged', { timeout: 120_000 }, async () => {
    const { primary, standby } = pair;
    const both = await startNode(
      `postgres://hoory@127.0.0.1:${primary.port},127.0.0.1:${standby.port}/postgres`,
    );
    const balanced = await startNode(throughNetwork(primary.url, moving));
    const { inbox } = await createTestAccount(both.app);
    const path = `/public/api/v1/inboxes/${inbox.identifier}/contacts`;
    const all = await Promise.all(
      [both, balanced, both, balanced].map(({ app }) => enter(app.url(), `${app.url()}${path}`, opened)),
    );
    let isOver = false;
    const posting = Promise.all(all.map((customer, index) => post(customer, index, () => isOver)));
    /** Waits until each customer got `count` more answers of that kind. Fails as soon as an answer is missing. */
    const more = (kind: 'acknowledged' | 'refused', count: number) => {
      const before = all.map((customer) => customer[kind].length);
      const isReached = () =>
        all.every((customer, index) => customer[kind].length >= (before[index] ?? 0) + count);
      return Promise.race([until(isReached), posting]);
    };

    await more('acknowledged', 5);
    await primary.kill();
    target.port = standby.port;
    await more('refused', 5);
    for (const node of [both, balanced]) expect(await health(node)).toMatchObject({ database: 'failing' });
    // The standby would answer reads: with an older state, where it lags behind.
    for (const { messages } of all) expect((await fetch(messages)).status).toBe(503);
    await standby.promote();
    await more('acknowledged', 5);
    isOver = true;
    await posting;

    for (const customer of all) {
      for (const refusal of customer.refused) expect(refusal).toEqual(unavailable);
      expect(await readAll(customer.messages)).toEqual(customer.acknowledged);
      const [first] = customer.acknowledged;
      expect(await attempt(customer, first?.content ?? '')).toBe(first?.id);
      await vi.waitFor(() => expect(heardBy(customer.cable)).toEqual(customer.acknowledged), 30_000);
    }
    for (const node of [both, balanced]) expect(await health(node)).toMatchObject({ database: 'ok' });
  });

  test('is found by a node that starts, also when the former primary is back', {
    timeout: 60_000,
  }, async () => {
    const { primary, standby } = pair;
    await primary.start();
    // In the order of the address the former primary comes first, and takes writes as well.
    const url = `postgres://hoory@127.0.0.1:${primary.port},127.0.0.1:${standby.port}/postgres?application_name=late`;
    await startNode(url);
    const client = new pg.Client({ connectionString: standby.url });
    await client.connect();
    const { rows } = await client.query('select count(*)::int as count from nodes');
    await client.end();
    expect(rows).toEqual([{ count: 3 }]);
    await primary.kill();
  });

  test('does not take a later transaction for one that its crash has lost', { timeout: 60_000 }, async () => {
    const { standby } = pair;
    const pool = openPool(standby.url, 1);
    const outcomes = openCommitOutcomes(pool);
    opened.push(() => pool.end());

    /** Crashes within a transaction, commits another one, and returns the ids of both. */
    async function crash() {
      const client = await pool.connect();
      const incarnation = incarnationOf(client);
      // Nothing after this tells the server at its next start which ids it has given out.
      await client.query('checkpoint');
      const xid = await beginOn(client);
      await standby.kill();
      client.release(true);
      await standby.start();
      const next = await pool.connect();
      const later = await beginOn(next);
      await next.query('commit');
      next.release();
      return { xid, incarnation, later, laterIncarnation: incarnationOf(next) };
    }

    let crashed = await crash();
    // A background process may have written down the ids after the checkpoint.
    while (crashed.later !== crashed.xid) crashed = await crash();
    const { xid, incarnation, laterIncarnation } = crashed;
    expect(await outcomes.find({ xid, incarnation: laterIncarnation })).toBe('committed');
    expect(await outcomes.find({ xid, incarnation })).toBe('unknown');
  });
});

/** Begins a transaction that has an id. */
async function beginOn(client: pg.ClientBase): Promise<string> {
  await client.query('begin');
  const { rows } = await client.query<{ xid: string }>('select pg_current_xact_id()::text as xid');
  return rows[0]?.xid ?? '';
}
