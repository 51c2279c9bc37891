/** Events and transients between two nodes on one PostgreSQL, with and without Redis (decisions.md 10). */
import { once } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { insertAccountRow, insertInboxRow, insertSessionRow } from '../../test/fixtures/rows.ts';
import { logEvent } from '../../test/log-event.ts';
import { freePort, runCli } from '../../test/process.ts';
import { contactIdentifier, ext, openRaw, type RawCable } from '../../test/raw-cable.ts';
import { hasRedis, type RedisServer, startRedisServer } from '../../test/redis.ts';
import { engines, freshConfig } from '../../test/server.ts';
import type { ContactInboxRow } from '../db/tables.ts';
import { type AppOptions, type Server, startServer } from '../main.ts';
import { streamOf } from './emit.ts';

vi.setConfig({ testTimeout: 90_000 });
const soon = { timeout: 30_000, interval: 20 };

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

describe.skipIf(!engines.includes('postgres'))('two nodes on one PostgreSQL', () => {
  interface Nodes {
    first: Server;
    second: Server;
    session: ContactInboxRow;
    /** Starts one more. */
    start(options?: AppOptions): Promise<Server>;
  }

  async function startNodes(settings: Record<string, string> = {}, options: AppOptions = {}): Promise<Nodes> {
    const { config, release } = await freshConfig('postgres', settings);
    closing.push(release);
    const start = async (more: AppOptions = {}) => {
      const server = await startServer(config, undefined, more);
      closing.push(() => server.close());
      return server;
    };
    const first = await start(options);
    const second = await start();
    const inbox = await insertInboxRow(first.app, await insertAccountRow(first.app));
    return { first, second, session: await insertSessionRow(first.app, inbox), start };
  }

  async function newRedis(): Promise<RedisServer> {
    const redis = await startRedisServer();
    closing.push(() => redis.stop());
    return redis;
  }

  async function listen(node: Server, session: ContactInboxRow): Promise<RawCable> {
    const identifier = contactIdentifier(session.pubsub_token);
    const cable = openRaw(node.app.url(), { protocol: ext, first: [{ command: 'subscribe', identifier }] });
    closing.push(() => cable.ws.terminate());
    await cable.until(({ type }) => type === 'confirm_subscription');
    return cable;
  }

  const say = (node: Server, session: ContactInboxRow, n: number) =>
    node.app.db.write(async (tx) =>
      logEvent(tx, 'message.created', [{ streams: [streamOf.session(session.id)], data: { n } }]),
    );

  const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

  const becomes = (node: Server, state: string) => expect.poll(() => node.app.bus.state(), soon).toBe(state);

  describe.each([
    { kind: 'with Redis', state: 'ok' },
    { kind: 'without Redis', state: 'degraded' },
  ])('$kind', ({ kind, state }) => {
    const settingsOf = async (): Promise<Record<string, string>> =>
      kind === 'with Redis' ? { REDIS_URL: (await newRedis()).url } : {};

    it.skipIf(kind === 'with Redis' && !hasRedis)(
      'bring events of both to sockets of both, each once and in order, and say how they are',
      async () => {
        const { first, second, session } = await startNodes(await settingsOf());
        await Promise.all([becomes(first, state), becomes(second, state)]);
        const cables = await Promise.all([listen(first, session), listen(second, session)]);
        for (const n of upTo(40)) await say(n % 2 ? first : second, session, n);
        for (const cable of cables) await expect.poll(() => cable.numbers(), soon).toEqual(upTo(40));
        const health = await (await fetch(`${second.app.url()}/health`)).json();
        expect(health).toMatchObject({ bus: state, nodes: 2 });
        const metrics = await (await fetch(`${second.app.url()}/metrics`)).text();
        expect(metrics).toContain(`\nhoory_bus_connected ${state === 'ok' ? 1 : 0}\n`);
      },
    );

    it.skipIf(kind === 'with Redis' && !hasRedis)(
      'bring what is not stored, except to the sockets of its author',
      async () => {
        const { first, second, session } = await startNodes(await settingsOf());
        await Promise.all([becomes(first, state), becomes(second, state)]);
        const cable = await listen(second, session);
        const topic = streamOf.session(session.id);
        await expect
          .poll(() => {
            first.app.bus.publish({ transient: { topic, payload: '{"hidden":1}', except: topic } });
            first.app.bus.publish({ transient: { topic, payload: '{"typing":"Grüße"}' } });
            return cable.frames.map(({ message }) => message).filter((message) => message?.typing);
          }, soon)
          .toContainEqual({ typing: 'Grüße' });
        expect(cable.frames.some(({ message }) => message?.hidden)).toBe(false);
      },
    );

    it.skipIf(kind === 'with Redis' && !hasRedis)('find in the log what no notice announced', async () => {
      const { first, second, session } = await startNodes(await settingsOf());
      await becomes(second, state);
      const cable = await listen(second, session);
      first.app.bus.publish = () => {};
      for (const n of upTo(5)) await say(first, session, n);
      await expect.poll(() => cable.numbers(), soon).toEqual(upTo(5));
    });
  });

  it('find each other when a node joins one that was alone', async () => {
    const { config, release } = await freshConfig('postgres');
    closing.push(release);
    const first = await startServer(config);
    closing.push(() => first.close());
    const inbox = await insertInboxRow(first.app, await insertAccountRow(first.app));
    const session = await insertSessionRow(first.app, inbox);
    expect(first.app.bus.state()).toBe('ok');
    const cable = await listen(first, session);
    const second = await startServer(config);
    closing.push(() => second.close());
    for (const n of upTo(3)) await say(second, session, n);
    await expect.poll(() => cable.numbers(), soon).toEqual(upTo(3));
    await becomes(first, 'degraded');
  });

  it('say in one line of the log that they have no Redis', async () => {
    const { env, release } = await freshConfig('postgres', { HOORY_URL: 'http://localhost:3000' });
    closing.push(release);
    const outputs = await Promise.all(
      [await freePort(), await freePort()].map(async (port) => {
        const child = runCli(['serve'], { ...env, HOST: '127.0.0.1', PORT: String(port) });
        closing.push(async () => {
          child.kill('SIGKILL');
          if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
        });
        const output = { text: '' };
        for (const stream of [child.stdout, child.stderr])
          stream?.on('data', (chunk) => {
            output.text += chunk;
          });
        return output;
      }),
    );
    const lines = () =>
      outputs.map(({ text }) => text.split('there are several nodes and no REDIS_URL').length - 1);
    await expect.poll(lines, soon).toEqual([1, 1]);
  });

  it('cost a node that is alone nothing', async () => {
    const { config, release } = await freshConfig('postgres');
    closing.push(release);
    const statements: string[] = [];
    const server = await startServer(config, undefined, { onStatement: ({ text }) => statements.push(text) });
    closing.push(() => server.close());
    const inbox = await insertInboxRow(server.app, await insertAccountRow(server.app));
    const session = await insertSessionRow(server.app, inbox);
    // Webhooks poll four times a second.
    const polls = () => statements.filter((text) => text.includes('webhook_endpoints')).length;
    for (let n = 1; polls() < 12; n++) {
      await say(server, session, n);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(statements.filter((text) => text.includes('pg_snapshot_xmin'))).toEqual([]);
    expect(server.app.bus.state()).toBe('ok');
  });

  describe.skipIf(!hasRedis)('lose Redis', () => {
    /** Events of the first node while `fault` happens; the second node's socket must get all of them once and in order. */
    async function expectWhole(
      nodes: Nodes,
      redis: RedisServer,
      fault: (redis: RedisServer) => Promise<void>,
    ): Promise<void> {
      const { first, second, session } = nodes;
      await Promise.all([becomes(first, 'ok'), becomes(second, 'ok')]);
      const cable = await listen(second, session);
      let isOver = false;
      const done = fault(redis).finally(() => {
        isOver = true;
      });
      let n = 0;
      while (!isOver || n < 100) {
        await say(first, session, ++n);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      await done;
      await expect.poll(() => cable.numbers().length, soon).toBeGreaterThanOrEqual(n);
      expect(cable.numbers()).toEqual(upTo(n));
      await Promise.all([becomes(first, 'ok'), becomes(second, 'ok')]);
      await say(first, session, n + 1);
      await expect.poll(() => cable.numbers().at(-1), soon).toBe(n + 1);
    }

    it('to a restart, and miss nothing', async () => {
      const redis = await newRedis();
      const nodes = await startNodes({ REDIS_URL: redis.url });
      await expectWhole(nodes, redis, async () => {
        await redis.stop();
        await redis.start();
      });
    });

    it('to a pause, and miss nothing', async () => {
      const redis = await newRedis();
      const nodes = await startNodes({ REDIS_URL: redis.url });
      await expectWhole(nodes, redis, async () => {
        redis.pause();
        await becomes(nodes.first, 'degraded');
        const health = await (await fetch(`${nodes.first.app.url()}/health`)).json();
        expect(health).toMatchObject({ status: 'woot', bus: 'degraded' });
        redis.resume();
      });
    });

    it('for longer, and work on', async () => {
      const redis = await newRedis();
      const nodes = await startNodes({ REDIS_URL: redis.url });
      await expectWhole(nodes, redis, async () => {
        await redis.stop();
        await becomes(nodes.second, 'degraded');
        const late = await listen(nodes.second, nodes.session);
        await expect.poll(() => late.numbers().length, soon).toBeGreaterThan(100);
        await redis.start();
      });
    });

    it('on one node only, and both hear each other', async () => {
      const redis = await newRedis();
      const { first, second, session } = await startNodes({ REDIS_URL: redis.url });
      await Promise.all([becomes(first, 'ok'), becomes(second, 'ok')]);
      const cables = await Promise.all([listen(first, session), listen(second, session)]);
      first.app.redis?.commands.disconnect();
      await becomes(first, 'degraded');
      expect(second.app.bus.state()).toBe('ok');
      for (const n of upTo(20)) await say(n % 2 ? first : second, session, n);
      for (const cable of cables) await expect.poll(() => cable.numbers(), soon).toEqual(upTo(20));
    });
  });
});
