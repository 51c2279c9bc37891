/** Presence sets (cable.md D.5), in one process and over several nodes. */
import type { PresenceMember } from '@hoory/contract';
import { afterEach, describe, expect, it } from 'vitest';
import { hasRedis, type RedisServer, startRedisServer } from '../../test/redis.ts';
import { openBus } from '../events/node-bus.ts';
import { openRedis } from '../redis/redis.ts';
import { newToken } from '../secrets.ts';
import { openMemoryPresenceSets, type PresenceSets, toPayload } from './presence-sets.ts';
import { openRedisPresenceSets } from './redis-presence-sets.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** What the subscribers of every node were told, as `join:id` and `leave:id`. */
type Told = string[];

async function openNodes(count: number, now: () => number, url = process.env.HOORY_TEST_REDIS ?? '') {
  const installation = { key: newToken(), epoch: newToken() };
  const told: Told = [];
  const bus = openBus();
  const nodes = [];
  for (let index = 0; index < count; index++) {
    const redis = await openRedis(url);
    const sets = openRedisPresenceSets(redis, {
      installation,
      bus,
      now,
      hasSubscribers: () => true,
      announce: (topic, notice) => {
        told.push(`${notice.type}:${notice.id}`);
        bus.publish({ transient: { topic, payload: toPayload(notice) } });
      },
    });
    closing.push(
      () => redis.close(),
      () => sets.close(),
    );
    nodes.push({ sets, redis });
  }
  return { nodes, told };
}

async function openOne(
  engine: 'memory' | 'redis',
  now: () => number,
): Promise<{ sets: PresenceSets; told: Told }> {
  if (engine === 'memory') {
    const told: Told = [];
    const announce = (_set: string, { type, id }: { type: string; id: string }) => told.push(`${type}:${id}`);
    return { sets: openMemoryPresenceSets({ now, announce }), told };
  }
  const { nodes, told } = await openNodes(1, now);
  return { sets: nodes[0]?.sets as PresenceSets, told };
}

const ann = { id: 'ann', info: { device: 'desk' } };
const bob = { id: 'bob', info: {} };
const idsOf = (members: PresenceMember[]) => members.map(({ id }) => id).sort();

describe.each(hasRedis ? (['memory', 'redis'] as const) : (['memory'] as const))(
  'a presence set in %s',
  (engine) => {
    it('has the members that sessions hold, and tells of the first and the last session of each', async () => {
      const { sets, told } = await openOne(engine, () => 0);
      await sets.join('account:1', 's1', ann);
      await sets.join('account:1', 's2', ann);
      await sets.join('account:1', 's1', bob);
      await sets.join('account:2', 's3', bob);
      expect(await sets.members('account:1')).toEqual([ann]);
      await sets.leave('account:1', 's1');
      expect(told).toEqual(['join:ann', 'join:bob']);
      await sets.leave('account:1', 's2');
      await sets.leave('account:1', 's2');
      expect(told).toEqual(['join:ann', 'join:bob', 'leave:ann']);
      expect(await sets.members('account:1')).toEqual([]);
      expect(await sets.members('account:2')).toEqual([bob]);
    });

    it('keeps a lost session for 15 seconds, and one that joins again meanwhile', async () => {
      let now = 0;
      const { sets, told } = await openOne(engine, () => now);
      await sets.join('account:1', 's1', ann);
      await sets.join('account:1', 's2', bob);
      sets.lose('account:1', 's1');
      sets.lose('account:1', 's2');
      now = 14_999;
      await sets.sweep();
      expect(idsOf(await sets.members('account:1'))).toEqual(['ann', 'bob']);
      await sets.join('account:1', 's3', bob);
      now = 15_000;
      await sets.sweep();
      expect(await sets.members('account:1')).toEqual([bob]);
      expect(told).toEqual(['join:ann', 'join:bob', 'leave:ann']);
      for (now = 16_000; now < 200_000; now += 5000) await sets.sweep();
      expect(await sets.members('account:1')).toEqual([bob]);
      expect(told).toHaveLength(3);
    });

    it('takes a thousand members and ignores more', async () => {
      const { sets, told } = await openOne(engine, () => 0);
      for (let count = 0; count < 1001; count++)
        await sets.join('account:1', `s${count}`, { id: `u${count}`, info: {} });
      expect(await sets.members('account:1')).toHaveLength(1000);
      expect(told).toHaveLength(1000);
      await sets.leave('account:1', 's0');
      await sets.join('account:1', 's1000', { id: 'u1000', info: {} });
      expect(idsOf(await sets.members('account:1'))).toContain('u1000');
    });
  },
);

describe.skipIf(!hasRedis)('a presence set of two nodes', { timeout: 60_000 }, () => {
  async function openPair(now: () => number, url?: string) {
    const { nodes, told } = await openNodes(2, now, url);
    const [a, b] = nodes;
    if (!a || !b) throw new Error('no nodes were opened');
    return { a, b, told };
  }

  it('is one set, whose full size counts the sessions of both', async () => {
    const { a, b, told } = await openPair(() => 0);
    await a.sets.join('account:1', 's1', ann);
    await b.sets.join('account:1', 's2', ann);
    await b.sets.join('account:1', 's3', bob);
    expect(idsOf(await a.sets.members('account:1'))).toEqual(['ann', 'bob']);
    await a.sets.leave('account:1', 's1');
    expect(told).toEqual(['join:ann', 'join:bob']);
    await b.sets.leave('account:1', 's2');
    expect(told).toEqual(['join:ann', 'join:bob', 'leave:ann']);
    for (let count = 0; count < 1000; count++)
      await (count % 2 ? a : b).sets.join('account:1', `m${count}`, { id: `u${count}`, info: {} });
    expect(await b.sets.members('account:1')).toHaveLength(1000);
  });

  it('loses the members of a node that was killed, and the other node tells of it once', async () => {
    let now = 0;
    const { a, b, told } = await openPair(() => now);
    await a.sets.join('account:1', 's1', ann);
    await b.sets.join('account:1', 's2', bob);
    for (now = 0; now < 100_000; now += 1000) await b.sets.sweep();
    expect(await b.sets.members('account:1')).toEqual([bob]);
    expect(told).toEqual(['join:ann', 'join:bob', 'leave:ann']);
  });

  it('is that of the own node while Redis is paused or restarted, and whole again afterwards', async () => {
    const server: RedisServer = await startRedisServer();
    closing.push(() => server.stop());
    let now = 0;
    const { a, b, told } = await openPair(() => now, server.url);
    await a.sets.join('account:1', 's1', ann);
    server.pause();
    await expect.poll(() => [a, b].some(({ redis }) => redis.isUp()), { timeout: 20_000 }).toBe(false);
    await b.sets.join('account:1', 's2', bob);
    expect(await b.sets.members('account:1')).toEqual([bob]);
    expect(told).toEqual(['join:ann', 'join:bob']);
    await server.stop();
    await server.start();
    await expect.poll(() => [a, b].every(({ redis }) => redis.isUp()), { timeout: 20_000 }).toBe(true);
    now = 1000;
    for (const { sets } of [a, b]) await sets.sweep();
    expect(idsOf(await a.sets.members('account:1'))).toEqual(['ann', 'bob']);
    // Subscribers of the other node learn of bob, and of ann nobody is told again.
    expect(told).toEqual(['join:ann', 'join:bob', 'join:bob']);
  });
});
