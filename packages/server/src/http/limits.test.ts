/** Rate limits, in one process and over several nodes. */
import { afterEach, describe, expect, it } from 'vitest';
import { hasRedis, startRedisServer } from '../../test/redis.ts';
import { openRedis } from '../redis/redis.ts';
import { newToken } from '../secrets.ts';
import { type Limits, openLimits } from './limits.ts';
import { openSharedLimits } from './shared-limits.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const minute = 60_000;

async function openPair(now: () => number, url = process.env.HOORY_TEST_REDIS ?? '') {
  const installation = { key: newToken(), epoch: newToken() };
  const open = async () => {
    const redis = await openRedis(url);
    closing.push(() => redis.close());
    return { redis, limits: openSharedLimits({ redis, installation, now }) };
  };
  return { a: await open(), b: await open() };
}

const openOne = async (engine: 'memory' | 'redis', now: () => number): Promise<Limits> =>
  engine === 'memory' ? openLimits(now) : (await openPair(now)).a.limits;

describe.each(hasRedis ? (['memory', 'redis'] as const) : (['memory'] as const))('limits in %s', (engine) => {
  it.each(['take', 'takeStrictly'] as const)(
    '%s refuses beyond the limit of a window, for its key only',
    async (take) => {
      let now = 1000;
      const limits = await openOne(engine, () => now);
      for (let count = 0; count < 5; count++) expect(await limits[take]('one', 5, minute)).toBe(0);
      const wait = await limits[take]('one', 5, minute);
      expect(wait).toBeGreaterThan(50);
      expect(wait).toBeLessThanOrEqual(60);
      expect(await limits[take]('other', 5, minute)).toBe(0);
      now += minute;
      if (engine === 'memory') expect(await limits[take]('one', 5, minute)).toBe(0);
    },
  );
});

describe.skipIf(!hasRedis)('limits of two nodes', { timeout: 60_000 }, () => {
  it('count the uses of both, strictly', async () => {
    const { a, b } = await openPair(() => 0);
    const waits = [];
    for (let count = 0; count < 12; count++)
      waits.push(await (count % 2 ? a : b).limits.takeStrictly('one', 10, minute));
    expect(waits.map((wait) => wait > 0)).toEqual([...Array(10).fill(false), true, true]);
  });

  it('never let parallel strict uses past the limit', async () => {
    const { a, b } = await openPair(() => 0);
    const uses = Array.from({ length: 100 }, (_, count) =>
      (count % 2 ? a : b).limits.takeStrictly('one', 10, minute),
    );
    expect((await Promise.all(uses)).filter((wait) => wait === 0)).toHaveLength(10);
  });

  it('let a caller of both have a twentieth of the limit for each node more, once they have exchanged', async () => {
    const { a, b } = await openPair(() => 0);
    for (let count = 0; count < 600; count++) expect(a.limits.take('one', 600, minute)).toBe(0);
    let more = 0;
    await expect
      .poll(
        () => {
          const isRefused = b.limits.take('one', 600, minute) > 0;
          if (!isRefused) more++;
          return isRefused;
        },
        { timeout: 20_000, interval: 20 },
      )
      .toBe(true);
    expect(more).toBeGreaterThanOrEqual(29);
    expect(more).toBeLessThan(200);
  });

  it('send Redis nothing about a caller far below the limit', async () => {
    const server = await startRedisServer();
    closing.push(() => server.stop());
    const { a } = await openPair(() => 0, server.url);
    for (let count = 0; count < 29; count++) a.limits.take('quiet', 600, minute);
    for (let count = 0; count < 30; count++) a.limits.take('busy', 600, minute);
    await expect.poll(() => a.redis.commands.keys('*')).toHaveLength(1);
    expect(await a.redis.commands.keys('*')).toEqual([expect.stringMatching(/^hoory:.*:busy$/)]);
  });

  it('are those of each node while Redis is paused, and shared again afterwards', async () => {
    const server = await startRedisServer();
    closing.push(() => server.stop());
    const { a, b } = await openPair(() => 0, server.url);
    server.pause();
    await expect.poll(() => a.redis.isUp() || b.redis.isUp()).toBe(false);
    for (const { limits } of [a, b]) {
      for (let count = 0; count < 5; count++) expect(await limits.takeStrictly('one', 5, minute)).toBe(0);
      expect(await limits.takeStrictly('one', 5, minute)).toBeGreaterThan(0);
    }
    for (let count = 0; count < 3; count++) expect(await a.limits.takeStrictly('two', 5, minute)).toBe(0);
    server.resume();
    await expect.poll(() => a.redis.isUp() && b.redis.isUp()).toBe(true);
    expect(await a.limits.takeStrictly('two', 5, minute)).toBe(0);
    expect(await b.limits.takeStrictly('two', 5, minute)).toBe(0);
    expect(await b.limits.takeStrictly('two', 5, minute)).toBeGreaterThan(0);
  });
});
