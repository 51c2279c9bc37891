/** Who counts as online, and for how long (cable.md B.4), in one process and over several nodes. */
import { afterEach, describe, expect, it, test } from 'vitest';
import { hasRedis, type RedisServer, startRedisServer } from '../../test/redis.ts';
import { openRedis } from '../redis/redis.ts';
import { newToken } from '../secrets.ts';
import { openMemoryPresence, type Presence } from './presence.ts';
import { openRedisPresence } from './redis-presence.ts';

const hour = 3_600_000;
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Nodes on one Redis, each with the clock of the test. */
async function openNodes(count: number, now: () => number, url = process.env.HOORY_TEST_REDIS ?? '') {
  const installation = { key: newToken(), epoch: newToken() };
  const nodes = [];
  for (let index = 0; index < count; index++) {
    const redis = await openRedis(url);
    const presence = openRedisPresence(redis, installation, now);
    closing.push(
      () => redis.close(),
      () => presence.close(),
    );
    nodes.push({ redis, presence });
  }
  return nodes;
}

async function openOne(engine: 'memory' | 'redis', now: () => number): Promise<Presence> {
  if (engine === 'memory') return openMemoryPresence(now);
  const [node] = await openNodes(1, now);
  if (!node) throw new Error('no node was opened');
  return node.presence;
}

describe.each(hasRedis ? (['memory', 'redis'] as const) : (['memory'] as const))(
  'presence in %s',
  (engine) => {
    test('a person is online while one of their sockets is open, however long it says nothing', async () => {
      let now = 0;
      const presence = await openOne(engine, () => now);
      presence.enter(1, 'user', 7);
      expect(await presence.sweep()).toEqual([1]);
      presence.enter(1, 'user', 7);
      expect(await presence.sweep()).toEqual([]);
      now = hour;
      presence.leave(1, 'user', 7);
      now = 2 * hour;
      await presence.sweep();
      expect(await presence.online(1, 'user')).toEqual([7]);
      presence.leave(1, 'user', 7);
      await presence.sweep();
      now += 49_999;
      expect(await presence.isOnline(1, 'user', 7)).toBe(true);
      now += 1;
      expect(await presence.isOnline(1, 'user', 7)).toBe(false);
      expect(await presence.sweep()).toEqual([1]);
      presence.enter(1, 'user', 7);
      expect(await presence.sweep()).toEqual([1]);
    });

    test('users stay online for two and a half heartbeats of 20 seconds without a socket, contacts for as many of 60', async () => {
      let now = 0;
      const presence = await openOne(engine, () => now);
      for (const [kind, id] of [
        ['user', 7],
        ['contact', 9],
      ] as const) {
        presence.enter(1, kind, id);
        presence.leave(1, kind, id);
      }
      expect(await presence.sweep()).toEqual([1]);
      now = 49_999;
      presence.enter(1, 'user', 7);
      expect(await presence.sweep()).toEqual([]);
      presence.leave(1, 'user', 7);
      await presence.sweep();
      now += 49_999;
      expect(await presence.online(1, 'user')).toEqual([7]);
      now += 1;
      expect(await presence.isOnline(1, 'user', 7)).toBe(false);
      expect(await presence.isOnline(1, 'contact', 9)).toBe(true);
      now = 150_000;
      expect(await presence.online(1, 'contact')).toEqual([]);
    });

    test('a sweep names the accounts that lost a user, once, and no account knows another', async () => {
      let now = 0;
      const presence = await openOne(engine, () => now);
      presence.enter(1, 'user', 7);
      presence.leave(1, 'user', 7);
      presence.enter(2, 'contact', 7);
      expect(await presence.sweep()).toEqual([1]);
      expect(await presence.isOnline(2, 'user', 7)).toBe(false);
      now = 45_000;
      presence.enter(3, 'user', 8);
      presence.leave(3, 'user', 8);
      await presence.sweep();
      now = 50_000;
      expect(await presence.sweep()).toEqual([1]);
      expect(await presence.sweep()).toEqual([]);
      expect(await presence.online(3, 'user')).toEqual([8]);
    });
  },
);

describe.skipIf(!hasRedis)('presence of two nodes', { timeout: 60_000 }, () => {
  async function openPair(now: () => number, url?: string) {
    const [a, b] = await openNodes(2, now, url);
    if (!a || !b) throw new Error('no nodes were opened');
    return { a, b };
  }
  async function ownRedis(): Promise<RedisServer> {
    const server = await startRedisServer();
    closing.push(() => server.stop());
    return server;
  }

  it('is the same on both, and one of them tells of each change', async () => {
    let now = 0;
    const { a, b } = await openPair(() => now);
    a.presence.enter(1, 'user', 7);
    b.presence.enter(1, 'contact', 9);
    expect(await a.presence.sweep()).toEqual([1]);
    expect(await b.presence.sweep()).toEqual([]);
    expect(await b.presence.online(1, 'user')).toEqual([7]);
    expect(await b.presence.isOnline(1, 'user', 7)).toBe(true);
    expect(await a.presence.online(1, 'contact')).toEqual([9]);
    b.presence.enter(1, 'user', 7);
    expect(await b.presence.sweep()).toEqual([]);
    a.presence.leave(1, 'user', 7);
    now = 10_000;
    b.presence.leave(1, 'user', 7);
    for (const { presence } of [a, b]) expect(await presence.sweep()).toEqual([]);
    now = 59_999;
    for (const { presence } of [a, b]) expect(await presence.sweep()).toEqual([]);
    expect(await a.presence.isOnline(1, 'user', 7)).toBe(true);
    now = 60_000;
    const told = [...(await a.presence.sweep()), ...(await b.presence.sweep())];
    expect(told).toEqual([1]);
    expect(await a.presence.online(1, 'user')).toEqual([]);
  });

  it('keeps a person whose sockets at one node closed and at the other stay open', async () => {
    let now = 0;
    const { a, b } = await openPair(() => now);
    for (const { presence } of [a, b]) presence.enter(1, 'user', 7);
    a.presence.leave(1, 'user', 7);
    const told: number[] = [];
    const online: boolean[] = [];
    for (; now < 150_000; now += 1000) {
      for (const { presence } of [b, a]) told.push(...(await presence.sweep()));
      online.push(await a.presence.isOnline(1, 'user', 7));
    }
    expect(online).not.toContain(false);
    expect(told).toEqual([1]);
  });

  it('keeps nobody of a node that was killed, and tells of it where contacts remain', async () => {
    let now = 0;
    const { a, b } = await openPair(() => now);
    a.presence.enter(1, 'user', 7);
    b.presence.enter(1, 'contact', 9);
    for (const { presence } of [a, b]) await presence.sweep();
    // From here on node a does nothing.
    const told: number[] = [];
    let onlineUntil = 0;
    while (now < 100_000) {
      now += 1000;
      told.push(...(await b.presence.sweep()));
      if (await b.presence.isOnline(1, 'user', 7)) onlineUntil = now;
    }
    expect(onlineUntil).toBe(49_000);
    expect(told).toEqual([1]);
    expect(await b.presence.online(1, 'contact')).toEqual([9]);
  });

  it('writes thousands of people in parts, each before it expires', async () => {
    let now = 0;
    const { a, b } = await openPair(() => now);
    for (let id = 1; id <= 3000; id++) a.presence.enter(1, 'user', id);
    await a.presence.sweep();
    expect(await b.presence.online(1, 'user')).toHaveLength(3000);
    for (let tick = 0; tick < 400; tick++) {
      now += 333;
      expect(await a.presence.sweep()).toEqual([]);
      if (tick % 50 === 0) expect(await b.presence.online(1, 'user')).toHaveLength(3000);
    }
  });

  it('is that of the own node while Redis is paused, without a wait once that is noticed, and whole again afterwards', async () => {
    const server = await ownRedis();
    let now = 0;
    const { a, b } = await openPair(() => now, server.url);
    a.presence.enter(1, 'user', 7);
    b.presence.enter(1, 'user', 8);
    for (const { presence } of [a, b]) await presence.sweep();
    server.pause();
    expect(await b.presence.online(1, 'user')).toEqual([8]);
    await expect.poll(() => [a, b].some(({ redis }) => redis.isUp()), { timeout: 20_000 }).toBe(false);
    b.presence.enter(1, 'user', 9);
    expect(await b.presence.sweep()).toEqual([1]);
    expect(await b.presence.online(1, 'user')).toEqual([8, 9]);
    expect(await b.presence.isOnline(1, 'user', 7)).toBe(false);
    server.resume();
    await expect.poll(() => [a, b].every(({ redis }) => redis.isUp()), { timeout: 20_000 }).toBe(true);
    expect(await sweepFor(5000)).toContain(1);
    expect((await a.presence.online(1, 'user')).sort()).toEqual([7, 8, 9]);

    async function sweepFor(ms: number): Promise<number[]> {
      const told: number[] = [];
      for (const end = now + ms; now < end; now += 500)
        for (const { presence } of [a, b]) told.push(...(await presence.sweep()));
      return told;
    }
  });

  it('is written again within seconds after a restart of Redis, in parts, and told of', async () => {
    const server = await ownRedis();
    let now = 0;
    const { a, b } = await openPair(() => now, server.url);
    for (let id = 1; id <= 3000; id++) a.presence.enter(1, 'user', id);
    b.presence.enter(2, 'user', 1);
    for (const { presence } of [a, b]) await presence.sweep();
    await server.stop();
    await expect.poll(() => [a, b].some(({ redis }) => redis.isUp()), { timeout: 20_000 }).toBe(false);
    await server.start();
    await expect.poll(() => [a, b].every(({ redis }) => redis.isUp()), { timeout: 20_000 }).toBe(true);
    const sizes: number[] = [];
    const told = new Set<number>();
    for (let tick = 0; tick <= 15; tick++) {
      now += 333;
      for (const { presence } of [a, b]) for (const id of await presence.sweep()) told.add(id);
      sizes.push((await b.presence.online(1, 'user')).length);
    }
    expect(sizes.at(-1)).toBe(3000);
    expect(new Set(sizes).size).toBeGreaterThan(3);
    expect([...told].sort()).toEqual([1, 2]);
    expect(await a.presence.online(2, 'user')).toEqual([1]);
  });
});
