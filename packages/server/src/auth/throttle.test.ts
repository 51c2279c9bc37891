import { afterEach, describe, expect, it } from 'vitest';
import { hasRedis, startRedisServer } from '../../test/redis.ts';
import { openCounts, openMemoryCounts } from '../http/counts.ts';
import { openRedis } from '../redis/redis.ts';
import { newToken } from '../secrets.ts';
import { openThrottle } from './throttle.ts';

const fail = async () => undefined;
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

it('counts failures of one e-mail from many addresses', async () => {
  let now = 0;
  const throttle = openThrottle(openMemoryCounts(() => now));
  for (let i = 0; i < 10; i++) await throttle.guard({ email: 'a@b.c', address: `10.0.0.${i}` }, fail);
  const eleventh = () => throttle.guard({ email: 'a@b.c', address: '10.0.0.99' }, async () => 'in');
  await expect(eleventh()).rejects.toMatchObject({ code: 'too_many_requests', detail: { retryAfter: 900 } });
  expect(await throttle.guard({ email: 'd@e.f', address: '10.0.0.99' }, async () => 'in')).toBe('in');
  now = 900_001;
  expect(await eleventh()).toBe('in');
});

it('continues after an attempt that threw', async () => {
  const throttle = openThrottle(openMemoryCounts(() => 0));
  const who = { email: 'a@b.c', address: '10.0.0.1' };
  await expect(throttle.guard(who, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await throttle.guard(who, async () => 'in')).toBe('in');
});

it('counts no success, however often, and refuses no one for the attempts of others at the same time', async () => {
  const throttle = openThrottle(openMemoryCounts(() => 0));
  const signIn = (count: number) =>
    throttle.guard({ email: `a${count}@b.c`, address: '10.0.0.1' }, async () => 'in');
  const answers = await Promise.all(Array.from({ length: 20 }, (_, count) => signIn(count)));
  expect(answers).toEqual(Array(20).fill('in'));
});

it('does not count what it refuses: an address that is blocked blocks no e-mail', async () => {
  const throttle = openThrottle(openMemoryCounts(() => 0));
  const guess = (email: string, address: string) => throttle.guard({ email, address }, fail);
  for (let count = 0; count < 5; count++) await guess('other@b.c', '10.0.0.1');
  for (let count = 0; count < 20; count++) await expect(guess('a@b.c', '10.0.0.1')).rejects.toThrow();
  expect(await throttle.guard({ email: 'a@b.c', address: '10.0.0.2' }, async () => 'in')).toBe('in');
});

describe.skipIf(!hasRedis)('over two nodes', { timeout: 60_000 }, () => {
  async function openPair(url = process.env.HOORY_TEST_REDIS ?? '') {
    const installation = { key: newToken(), epoch: newToken() };
    const open = async () => {
      const redis = await openRedis(url);
      closing.push(() => redis.close());
      return { redis, throttle: openThrottle(openCounts({ redis, installation, now: Date.now })) };
    };
    return [await open(), await open()] as const;
  }

  /** Guesses at both nodes at once, each from another address where `address` is undefined. @returns how many were made */
  async function guessAtOnce(nodes: Awaited<ReturnType<typeof openPair>>, guesses: number, address?: string) {
    let made = 0;
    const guess = async () => {
      made++;
      await new Promise((resolve) => setTimeout(resolve, 5));
      return undefined;
    };
    await Promise.allSettled(
      Array.from({ length: guesses }, (_, count) =>
        nodes[count % 2 ? 0 : 1].throttle.guard(
          {
            email: address ? `a${count}@b.c` : 'a@b.c',
            address: address ?? `10.0.${count >> 8}.${count & 255}`,
          },
          guess,
        ),
      ),
    );
    return made;
  }

  it('no more guesses are made at once than one after another', async () => {
    const nodes = await openPair();
    expect(await guessAtOnce(nodes, 60)).toBe(10);
    expect(await guessAtOnce(nodes, 60, '10.9.9.9')).toBe(5);
    for (const { throttle } of nodes)
      await expect(throttle.guard({ email: 'a@b.c', address: '10.8.8.8' }, fail)).rejects.toMatchObject({
        code: 'too_many_requests',
      });
  });

  it('each node counts for itself while Redis is paused', async () => {
    const server = await startRedisServer();
    closing.push(() => server.stop());
    const nodes = await openPair(server.url);
    server.pause();
    await expect.poll(() => nodes.some(({ redis }) => redis.isUp())).toBe(false);
    expect(await guessAtOnce(nodes, 60)).toBe(20);
    expect(await guessAtOnce(nodes, 60, '10.9.9.9')).toBe(10);
  });
});
