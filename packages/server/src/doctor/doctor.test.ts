/** The checks from the inside, each with its fault planted in a real database, disk, mail server, bucket, Redis or receiver. */
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import pg from 'pg';
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, it } from 'vitest';
import { openBucket } from '../../test/bucket.ts';
import { run } from '../../test/command-line.ts';
import { startMailServer } from '../../test/fixtures/mail-server.ts';
import { freePort } from '../../test/process.ts';
import { openReceiver } from '../../test/receiver.ts';
import { hasRedis, startRedisServer, startTlsRedis } from '../../test/redis.ts';
import { startRedisCluster } from '../../test/redis-cluster.ts';
import { emptyConfig, engines, freshConfig, startTestServer } from '../../test/server.ts';
import { sqlitePath } from '../db/open.ts';
import { inspectPostgres } from '../db/postgres/inspect.ts';
import { inspectSqlite } from '../db/sqlite/inspect.ts';
import { toWebhookKey } from '../secrets.ts';
import { setUp } from '../setup.ts';
import { judgeBackup } from './backup.ts';
import { judgeClock } from './clock.ts';
import { inspectDatabase, judgePostgres, judgeSqlite } from './database.ts';
import { checkDisk, judgeFiles, judgeSpace, judgeSync } from './disk.ts';
import { type Check, runChecks } from './findings.ts';
import { checkNodes, judgeNodes } from './nodes.ts';
import { openRedaction } from './redact.ts';
import { filesCheck, mailCheck, redisCheck } from './services.ts';
import { checkSettings, readSettings } from './settings.ts';
import { isValidToken, makeToken } from './token.ts';
import { checkDeliveries, checkReceiver, judgeLag } from './webhooks.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const whole = { maxCheckedBytes: Number.POSITIVE_INFINITY };
const runOne = async (check: Check) => {
  const [finding] = await runChecks([check], { timeoutMs: 20_000, redact: (text) => text });
  return finding;
};

describe('settings', () => {
  const judge = (env: Record<string, string>, address?: string) =>
    checkSettings(readSettings(env), address === undefined ? undefined : new URL(address));

  it('names every setting that stops the start', () => {
    const verdicts = judge({ PORT: 'x', HOORY_MAX_FILE: 'big' });
    expect(verdicts.map(({ state, change }) => [state, change])).toEqual([
      ['failed', 'PORT'],
      ['failed', 'HOORY_MAX_FILE'],
    ]);
  });

  it.each([
    [{ HOORY_URL: 'https://chat.test' }, 'https://other.test', 'HOORY_URL=https://other.test'],
    [{ HOORY_URL: 'http://chat.test' }, undefined, 'HOORY_URL=https://chat.test'],
    [{ HOORY_URL: 'https://chat.test', HOST: '0.0.0.0' }, undefined, /HOST=127\.0\.0\.1/],
    [{ HOORY_TRUSTED_PROXIES: '0.0.0.0/0' }, undefined, /^HOORY_TRUSTED_PROXIES=/],
    [{ HOORY_RATE_LIMITS: 'off' }, undefined, 'HOORY_RATE_LIMITS=on'],
    [{ HOORY_WEBHOOK_ALLOW: '::/0' }, undefined, /^HOORY_WEBHOOK_ALLOW=/],
  ])('finds that %o does not fit (%s)', (env, address, change) => {
    expect(judge(env, address)).toMatchObject([{ change: expect.stringMatching(change) }]);
  });

  it('is content with the defaults', () => expect(judge({})).toMatchObject([{ state: 'ok' }]));
});

it('compares clocks', () => {
  const states = [0, 4000, -6000, 130_000].map((ms) => judgeClock(ms, 'the server'));
  expect(states.map(({ state }) => state)).toEqual(['ok', 'ok', 'warning', 'failed']);
  expect(states[2]?.found).toMatch(/6 seconds behind/);
});

describe('the disk', () => {
  it('is measured, and left as it was', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hoory-disk-'));
    closing.push(() => rmSync(folder, { recursive: true }));
    const [verdict] = await checkDisk(folder);
    expect(verdict?.found).toMatch(/free/);
    rmSync(join(folder, 'none'), { force: true });
    await expect(checkDisk(join(folder, 'absent'))).rejects.toThrow(/ENOENT/);
  });

  it('is judged by space, files and the time of an fsync', () => {
    const mb = 1024 * 1024;
    expect([2000 * mb, 900 * mb, 100 * mb].map((free) => judgeSpace(free, '')?.state)).toEqual([
      ...[undefined, 'warning', 'failed'],
    ]);
    expect([5, 30, 300].map((ms) => judgeSync(ms)?.state)).toEqual([undefined, 'warning', 'failed']);
    expect([20_000, 9000].map((free) => judgeFiles(free)?.state)).toEqual([undefined, 'warning']);
  });
});

async function freshFile() {
  const one = await freshConfig();
  closing.push(one.release);
  return { config: one.config, path: sqlitePath(one.config.data) };
}

describe('a SQLite file', () => {
  const fresh = freshFile;

  it('is in order, or not there yet', async () => {
    const { config, path } = await fresh();
    expect(await inspectDatabase(config, whole)).toMatchObject({
      isCurrent: true,
      verdicts: [{ state: 'ok' }],
    });
    rmSync(path);
    expect(await inspectDatabase(config, whole)).toMatchObject({
      isCurrent: false,
      verdicts: [{ found: 'There is no database in HOORY_DATA yet' }],
    });
  });

  it('is of a newer or an older version', async () => {
    const { config, path } = await fresh();
    const db = new Database(path);
    db.pragma('user_version = 9999');
    expect(await inspectDatabase(config, whole)).toMatchObject({
      isCurrent: false,
      verdicts: [{ state: 'failed' }],
    });
    db.pragma('user_version = 120');
    const { verdicts } = await inspectDatabase(config, whole);
    expect(verdicts).toMatchObject([
      { state: 'warning', found: expect.stringMatching(/adds \d+ migrations/) },
    ]);
    db.close();
  });

  it('is locked by another program', async () => {
    const { config, path } = await fresh();
    const other = new Database(path);
    other.exec('begin immediate');
    const { verdicts } = await inspectDatabase(config, { ...whole, lockTimeoutMs: 50 });
    other.close();
    expect(verdicts).toMatchObject([{ state: 'failed', found: expect.stringMatching(/lock for writing/) }]);
  });

  it('is damaged, which only the check of its content notices', async () => {
    const { config, path } = await fresh();
    const bytes = readFileSync(path);
    const file = openSync(path, 'r+');
    const page = Math.floor(bytes.length / 4096 / 2);
    writeSync(file, Buffer.alloc(200, 0x5a), 0, 200, page * 4096);
    closeSync(file);
    const { verdicts } = await inspectDatabase(config, whole);
    expect(verdicts).toMatchObject([{ state: 'failed', found: expect.stringMatching(/damaged/) }]);
    const unchecked = await inspectDatabase(config, { maxCheckedBytes: 10 });
    expect(unchecked.verdicts).toMatchObject([{ state: 'ok', found: expect.stringMatching(/--integrity/) }]);
  });

  it('is no database at all', async () => {
    const { config, path } = await fresh();
    writeFileSync(path, 'This is a text, and no database.'.repeat(200));
    const { verdicts, isCurrent } = await inspectDatabase(config, whole);
    expect(verdicts).toMatchObject([
      { state: 'failed', found: 'The SQLite file is damaged: file is not a database' },
    ]);
    expect(isCurrent).toBe(false);
  });

  it('has a long log', () => {
    const facts = {
      version: '3',
      schema: 1,
      fileBytes: 1,
      walBytes: 2 ** 30,
      freeBytes: 0,
      canShrink: true,
      isLocked: false,
      damage: undefined,
    };
    expect(judgeSqlite(facts)).toMatchObject([{ found: expect.stringMatching(/1024 MB/) }]);
  });
});

it('advises to vacuum a SQLite file that has much free space and cannot shrink by itself', async () => {
  const { path } = await freshFile();
  const db = new Database(path);
  db.pragma('auto_vacuum = none');
  db.exec('vacuum; create table filler (content blob)');
  const fill = db.prepare('insert into filler values (zeroblob(1000000))');
  for (let count = 0; count < 70; count++) fill.run();
  db.exec('drop table filler');
  db.close();
  const facts = inspectSqlite(path, { maxCheckedBytes: 0 });
  if (!facts) throw new Error('there is no file');
  expect(judgeSqlite(facts)).toMatchObject([
    {
      found: expect.stringMatching(/^6\d MB of the SQLite file/),
      change: expect.stringMatching(/hoory vacuum/),
    },
  ]);
  expect(judgeSqlite({ ...facts, canShrink: true })).toEqual([]);
});

describe.skipIf(!engines.includes('postgres'))('PostgreSQL', () => {
  const fresh = async () => {
    const one = await freshConfig('postgres');
    closing.push(one.release);
    const url = one.config.databaseUrl ?? '';
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => {});
    await client.connect();
    closing.push(() => client.end().catch(() => {}));
    return { config: one.config, url, client };
  };

  it('is named with its version, its schema and its clock', async () => {
    const { config } = await fresh();
    const { isCurrent, clock, verdicts } = await inspectDatabase(config, whole);
    expect({ isCurrent, clock: clock?.state }).toEqual({ isCurrent: true, clock: 'ok' });
    // The tests' own server never syncs.
    expect(verdicts).toContainEqual(
      expect.objectContaining({
        state: 'warning',
        found: 'PostgreSQL has fsync = off, full_page_writes = off, synchronous_commit = off',
      }),
    );
  });

  it('cannot be reached, or has no such database; no password is shown', async () => {
    const port = await freePort();
    const databaseUrl = `postgres://hoory:very-secret@127.0.0.1:${port}/hoory`;
    await expect(inspectDatabase({ data: '', databaseUrl }, whole)).rejects.toThrow(/ECONNREFUSED/);
    const { url } = await fresh();
    const absent = new URL(url);
    absent.pathname = '/absent';
    await expect(inspectPostgres(absent.href)).rejects.toThrow(/does not exist/);
  });

  it('is of a newer version, or read-only', async () => {
    const { url, client } = await fresh();
    await client.query('insert into schema_version (version) values (9999)');
    expect((await inspectDatabase({ data: '', databaseUrl: url }, whole)).isCurrent).toBe(false);
    await client.query(
      `do $$ begin execute format('alter database %I set default_transaction_read_only = on', current_database()); end $$`,
    );
    expect(judgePostgres(await inspectPostgres(url))[0]).toMatchObject({
      state: 'failed',
      found: 'PostgreSQL is a standby, or read-only',
    });
  });

  it('has a table with more dead rows than live ones', async () => {
    const { url, client } = await fresh();
    // The tests' server runs no autovacuum.
    await client.query(
      'create table filler as select * from generate_series(1, 50) as n; delete from filler where n > 5',
    );
    // It reports what it did at its end; an idle connection does some seconds later.
    await client.end();
    const bloated = async () =>
      (await inspectPostgres(url, { transactions: 60, waits: 60, deadRows: 40 })).bloated;
    await expect.poll(bloated, { timeout: 10_000 }).toEqual([{ table: 'filler', dead: 45, live: 5 }]);
    const facts = await inspectPostgres(url, { transactions: 60, waits: 60, deadRows: 40 });
    expect(judgePostgres(facts)).toContainEqual(
      expect.objectContaining({ change: expect.stringMatching(/vacuum \(analyze\) filler$/) }),
    );
    expect((await inspectPostgres(url)).bloated).toEqual([]);
  });

  it('has a transaction that stays open, and one that waits for its lock', async () => {
    const { url, client } = await fresh();
    await client.query('begin');
    await client.query('lock table accounts');
    const waiter = new pg.Client({ connectionString: url });
    waiter.on('error', () => {});
    await waiter.connect();
    const waits = waiter.query('select * from accounts').catch(() => {});
    await expect
      .poll(async () => (await inspectPostgres(url, { transactions: 0, waits: 0 })).waiting.length, {
        timeout: 10_000,
      })
      .toBe(1);
    const found = judgePostgres(await inspectPostgres(url, { transactions: 0, waits: 0 })).map(
      (one) => one.found,
    );
    expect(found).toContainEqual(expect.stringMatching(/is open for \d+ seconds \(idle in transaction\)/));
    expect(found).toContainEqual(expect.stringMatching(/1 connections wait for locks/));
    await client.query('rollback');
    await waits;
    await waiter.end();
  });

  it('is old, full or far away', async () => {
    const { url } = await fresh();
    const facts = { ...(await inspectPostgres(url)), unsafeSettings: [], roundTripMs: 1 };
    expect(judgePostgres(facts)).toEqual([]);
    const bad = {
      ...facts,
      versionNumber: 120_000,
      version: '12.1',
      connections: 95,
      maxConnections: 100,
      roundTripMs: 80,
    };
    expect(judgePostgres(bad).map(({ change }) => change)).toEqual([
      'Upgrade PostgreSQL',
      expect.stringMatching(/max_connections/),
      expect.stringMatching(/one data centre/),
    ]);
  });
});

describe('mail', () => {
  const url = 'https://chat.test';

  it('connects, and sends a test e-mail where one is wanted', async () => {
    const smtp = await startMailServer();
    closing.push(smtp.close);
    expect(await runOne(mailCheck({ smtpUrl: smtp.url, url }))).toMatchObject({ state: 'ok' });
    expect(smtp.emails).toEqual([]);
    expect(await runOne(mailCheck({ smtpUrl: smtp.url, url }, 'me@shop.test'))).toMatchObject({
      state: 'ok',
    });
    expect(smtp.emails).toMatchObject([
      { to: ['me@shop.test'], text: expect.stringMatching(/test e-mail of the Hoory/) },
    ]);
    smtp.takes.any = false;
    expect(await runOne(mailCheck({ smtpUrl: smtp.url, url }, 'me@shop.test'))).toMatchObject({
      state: 'failed',
      found: expect.stringMatching(/No such mailbox/),
    });
  });

  it('is off, or does not answer', async () => {
    expect(await runOne(mailCheck({ smtpUrl: undefined, url }))).toMatchObject({ state: 'skipped' });
    expect(await runOne(mailCheck({ smtpUrl: undefined, url }, 'me@shop.test'))).toMatchObject({
      state: 'failed',
    });
    const smtpUrl = `smtp://127.0.0.1:${await freePort()}`;
    expect(await runOne(mailCheck({ smtpUrl, url }))).toMatchObject({
      state: 'failed',
      found: expect.stringMatching(/ECONNREFUSED/),
      change: expect.stringMatching(/^SMTP_URL=/),
    });
  });
});

it('writes, reads and deletes an object of the bucket, or names its settings', async () => {
  expect(await runOne(filesCheck(undefined))).toMatchObject({ state: 'skipped' });
  const bucket = await openBucket();
  closing.push(bucket.close);
  expect(await runOne(filesCheck(bucket.settings))).toMatchObject({ state: 'ok' });
  expect(bucket.contents()).toEqual([]);
  const wrong = [
    { accessKeyId: 'WRONG' },
    { bucket: 'absent' },
    { endpoint: `http://127.0.0.1:${await freePort()}` },
  ];
  for (const change of wrong)
    expect(await runOne(filesCheck({ ...bucket.settings, ...change })), JSON.stringify(change)).toMatchObject(
      {
        state: 'failed',
        change: expect.stringMatching(/S3_SECRET_ACCESS_KEY/),
      },
    );
});

describe.skipIf(!hasRedis)('Redis', () => {
  it('is a cluster, whose notices are sharded', async () => {
    const cluster = await startRedisCluster();
    closing.push(() => cluster.stop());
    expect(await runOne(redisCheck(cluster.url))).toMatchObject({
      state: 'ok',
      found: expect.stringMatching(/^The Redis cluster \d+\.\d+\.\d+ answers, and a notice arrives/),
    });
  });

  it('has TLS, with a certificate that only an authority of its own makes known', async () => {
    const redis = await startTlsRedis();
    closing.push(() => redis.stop());
    expect(await runOne(redisCheck(redis.url))).toMatchObject({
      state: 'failed',
      found: expect.stringMatching(/certificate/),
    });
    const { stdout } = await run(['doctor', '--json'], {
      HOORY_DATA: mkdtempSync(join(tmpdir(), 'hoory-')),
      HOORY_URL: `http://127.0.0.1:${await freePort()}`,
      DATABASE_URL: `postgres://hoory@127.0.0.1:${await freePort()}/hoory`,
      REDIS_URL: redis.url,
      NODE_EXTRA_CA_CERTS: redis.ca,
    });
    const { findings }: { findings: { check: string; state: string }[] } = JSON.parse(stdout);
    expect(findings.filter(({ check }) => check === 'redis')).toMatchObject([{ state: 'ok' }]);
  });

  it('answers, and delivers what is published', async () => {
    expect(await runOne(redisCheck(process.env.HOORY_TEST_REDIS))).toMatchObject({
      state: 'ok',
      found: expect.stringMatching(/^Redis \d+\.\d+\.\d+ answers/),
    });
    expect(await runOne(redisCheck(undefined))).toMatchObject({ state: 'skipped' });
  });

  it('refuses the password, forbids pub/sub, or is gone', async () => {
    const server = await startRedisServer([
      '--user',
      'limited',
      'on',
      '>pass',
      '~*',
      '+@all',
      '-subscribe',
      '-publish',
    ]);
    closing.push(server.stop);
    const as = (credentials: string) => server.url.replace('redis://', `redis://${credentials}@`);
    expect(await runOne(redisCheck(as('limited:wrong')))).toMatchObject({
      state: 'failed',
      found: expect.stringMatching(/WRONGPASS/),
    });
    expect(await runOne(redisCheck(as('limited:pass')))).toMatchObject({
      state: 'failed',
      found: expect.stringMatching(/NOPERM/),
    });
    await server.stop();
    expect(await runOne(redisCheck(server.url))).toMatchObject({
      state: 'failed',
      change: expect.stringMatching(/^REDIS_URL/),
    });
  });
});

describe.each(engines)('webhooks on %s', (engine) => {
  it('are late or fail, for one account or all', async () => {
    const server = await startTestServer({ engine });
    closing.push(server.stop);
    const { app } = server;
    const made = await setUp(app, {
      account: 'Shop',
      email: 'ana@shop.test',
      password: 'Secret-123',
      inbox: 'App',
    });
    const { account_id } = made;
    expect(await checkDeliveries(app.db, app.now())).toMatchObject([{ state: 'ok' }]);
    const row = { account_id, failures: 0, resting_until: null, disabled_url: null };
    const none = { last_success_at: null, last_failure_at: null, last_error: null };
    await app.db.write((tx) =>
      tx.insertMany('webhook_endpoints', [
        {
          ...row,
          ...none,
          endpoint: 'webhook:1',
          failures: 12,
          resting_until: app.now() + 90_000,
          last_error: '500 Internal Server Error',
        },
        { ...row, ...none, endpoint: 'bot:7', disabled_url: 'https://gone.test/' },
        { ...row, ...none, endpoint: 'webhook:2' },
      ]),
    );
    const found = (await checkDeliveries(app.db, app.now(), account_id)).map((one) => one.found);
    expect(found).toEqual([
      expect.stringMatching(/^webhook:1 has failed 12 times in a row, and rests for \d+ seconds: 500/),
      expect.stringMatching(/^bot:7 answered 410 Gone/),
    ]);
    expect(await checkDeliveries(app.db, app.now(), account_id + 1)).toMatchObject([{ state: 'ok' }]);
    expect([1000, 120_000, 3_600_000].map((ms) => judgeLag(ms)?.state)).toEqual([
      undefined,
      'warning',
      'failed',
    ]);
  });

  it('are tried with a signature that the receiver checks', async () => {
    const server = await startTestServer({ engine, settings: { HOORY_WEBHOOK_ALLOW: '127.0.0.1' } });
    closing.push(server.stop);
    const { app, config } = server;
    const { account_id } = await setUp(app, {
      account: 'Shop',
      email: 'ana@shop.test',
      password: 'Secret-123',
      inbox: 'App',
    });
    const receiver = await openReceiver();
    closing.push(receiver.close);
    const url = `${receiver.url}/in`;
    const secret = 'the-secret-of-the-webhook';
    const times = { created_at: app.now(), updated_at: app.now() };
    const webhook = {
      id: 1,
      account_id,
      url,
      secret,
      name: null,
      inbox_id: null,
      subscriptions: '[]',
      ...times,
    };
    await app.db.write((tx) => tx.insertMany('webhooks', [webhook]));
    const judge = (of = url, db = app.db as typeof app.db | undefined) =>
      checkReceiver({ config, db, url: of });

    // It answers 200 to everything, so a wrong signature as well.
    expect(await judge()).toMatchObject([
      { state: 'ok' },
      { state: 'warning', found: expect.stringMatching(/wrong signature/) },
    ]);
    const { headers, raw } = receiver.at('/in')[0]!;
    expect(() =>
      new Webhook(toWebhookKey(secret)).verify(raw, headers as Record<string, string>),
    ).not.toThrow();
    receiver.answers('/in', (response, request, { raw: sent }) => {
      try {
        new Webhook(toWebhookKey(secret)).verify(sent, request.headers as Record<string, string>);
        response.writeHead(204).end();
      } catch {
        response.writeHead(401).end();
      }
    });
    expect((await judge()).map(({ state }) => state)).toEqual(['ok', 'ok']);
    expect(await checkReceiver({ config, db: undefined, url })).toMatchObject([{ state: 'warning' }]);
    receiver.answers('/in', 500);
    expect(await judge()).toMatchObject([{ state: 'failed', found: 'The receiver answered 500' }]);
    receiver.answers('/in', [302, { location: '/other' }]);
    expect(await judge()).toMatchObject([
      { state: 'failed', change: expect.stringMatching(/redirects are not followed/) },
    ]);
    expect(await judge(`http://127.0.0.1:${await freePort()}/`)).toMatchObject([
      { state: 'failed', found: expect.stringMatching(/ECONNREFUSED/) },
    ]);
    expect(await checkReceiver({ config: { webhookAllow: [] }, db: undefined, url })).toMatchObject([
      { state: 'failed', change: expect.stringMatching(/HOORY_WEBHOOK_ALLOW/) },
    ]);
  });
});

it('names a backup that is old, incomplete or missing', () => {
  const now = Date.now();
  const dayMs = 86_400_000;
  const judge = (days: number, missing_files = 0, everyMs?: number) =>
    judgeBackup({ created_at: now - days * dayMs, missing_files }, { everyMs, now });
  expect(judgeBackup(undefined, { everyMs: undefined, now })).toMatchObject([
    { state: 'warning', change: expect.stringMatching(/^HOORY_BACKUP=/) },
  ]);
  expect(judge(0.5)).toMatchObject([{ state: 'ok', found: 'The last backup is 12 hours old' }]);
  expect(judge(3, 2, dayMs)).toMatchObject([
    { state: 'warning', found: 'The last backup is 3 days old' },
    { state: 'warning', found: expect.stringMatching(/lacks 2 files/) },
  ]);
  expect(judge(8)).toMatchObject([{ state: 'warning' }]);
});

describe('nodes', () => {
  const node = { name: 'a:3000', version: '1.0.0', sockets: 3 };
  const other = { name: 'b:3000', version: '1.1.0', sockets: 0 };
  const lone = { databaseUrl: 'postgres://h/d', redisUrl: undefined, s3: undefined };

  it('are named, and what they lack to work together', () => {
    expect(judgeNodes(lone, [node])).toMatchObject([
      { state: 'ok', found: 'a:3000, version 1.0.0, 3 sockets' },
    ]);
    expect(judgeNodes(lone, [])).toMatchObject([{ found: 'No node is alive in this database' }]);
    expect(judgeNodes({ ...lone, databaseUrl: undefined }, [])).toMatchObject([{ state: 'skipped' }]);
    expect(judgeNodes(lone, [node, other]).map(({ change }) => change)).toEqual([
      'Finish the upgrade of all nodes',
      expect.stringMatching(/^REDIS_URL/),
      expect.stringMatching(/^S3_BUCKET/),
    ]);
  });

  it.skipIf(!engines.includes('postgres'))('have other settings than this command', async () => {
    const server = await startTestServer({ engine: 'postgres' });
    closing.push(server.stop);
    const { config, app } = server;
    const { key } = app.installation;
    expect(await checkNodes(config, app.db, key)).toMatchObject([{ state: 'ok' }]);
    expect(await checkNodes({ ...config, maxFile: 1 }, app.db, key)).toMatchObject([
      { state: 'warning', found: expect.stringMatching(/: HOORY_MAX_FILE$/) },
      { state: 'ok' },
    ]);
  });
});

describe('a check', () => {
  const check: Check = { name: 'one', breaks: 'much', change: 'this', run: () => new Promise(() => {}) };
  const options = {
    timeoutMs: 50,
    redact: openRedaction(readSettings({ DATABASE_URL: 'postgres://a:p%40ss@h/d' }).config),
  };

  it('that never ends has failed', async () => {
    expect(await runChecks([check], options)).toMatchObject([
      { check: 'one', state: 'failed', breaks: 'much' },
    ]);
  });

  it('that throws has failed, and tells no secret', async () => {
    const run = () => {
      throw new Error('postgres://a:p%40ss@h/d with p@ss');
    };
    const [finding] = await runChecks([{ ...check, run }], options);
    expect(finding?.found).toBe('postgres://a:***@h/d with ***');
  });
});

it('accepts only unexpired tokens of its own key', () => {
  const now = Date.now();
  const token = makeToken('key', now);
  expect(isValidToken('key', token, now)).toBe(true);
  expect(isValidToken('key', token, now + 16 * 60_000)).toBe(false);
  expect(isValidToken('key', makeToken('key', now + 3_600_000), now)).toBe(false);
  expect(isValidToken('other', token, now)).toBe(false);
  expect(isValidToken('key', `${token}x`, now)).toBe(false);
  expect(isValidToken('key', token.replace(/^\d+/, '99999999999'), now)).toBe(false);
});

describe('the command', { timeout: 60_000 }, () => {
  it('reports what is wrong as one JSON object and by its exit code, and creates nothing', async () => {
    const fresh = await emptyConfig('sqlite', {
      HOORY_URL: `http://127.0.0.1:${await freePort()}`,
      HOORY_RATE_LIMITS: 'on',
    });
    closing.push(fresh.release);
    const { code, stdout, stderr } = await run(['doctor', '--json'], fresh.env);
    const report = JSON.parse(stdout);
    expect({ code, stderr, state: report.state }).toEqual({ code: 2, stderr: '', state: 'failed' });
    const faults = report.findings.filter(
      ({ state }: { state: string }) => state === 'failed' || state === 'warning',
    );
    expect(faults.map(({ check }: { check: string }) => check)).toEqual(['database', 'health']);
    expect(faults[1].found).toMatch(/ECONNREFUSED/);
  });

  it('names every invalid setting, and checks nothing else', async () => {
    const { code, stdout } = await run(['doctor'], { PORT: 'x', DATABASE_URL: 'mysql://u:secret@h/d' });
    expect(code).toBe(2);
    expect(stdout).toMatch(/failed {3}settings {2}PORT: expected a port/);
    expect(stdout).toMatch(/change: DATABASE_URL/);
    expect(stdout).not.toContain('secret');
  });

  it('refuses arguments that it cannot use', async () => {
    for (const [args, text] of [
      [['doctor', 'ftp://x'], /http or https/],
      [['doctor', '--wait', '60'], /1 to 25/],
      [['doctor', '--mail', 'nobody'], /e-mail/],
      [['doctor', '--outside'], /Name the address/],
    ] as const)
      expect(await run([...args], {})).toMatchObject({
        code: 1,
        stdout: '',
        stderr: expect.stringMatching(text),
      });
    expect((await run(['doctor', '--help'], {})).stdout).toMatch(
      /\$ hoory doctor https:\/\/chat\.example\.com/,
    );
  });
});
