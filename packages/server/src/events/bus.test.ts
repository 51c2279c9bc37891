import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasRedis, type RedisServer, startRedisCluster, startRedisServer } from '../../test/redis.ts';
import { redisName } from '../redis/keys.ts';
import { openRedis, type Redis } from '../redis/redis.ts';
import { newToken } from '../secrets.ts';
import type { Bus, Notice, Recorded, Transient } from './bus.ts';
import { openBus } from './node-bus.ts';
import { RedisLink } from './redis-link.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const record = (stream: string, offset: number, text = ''): Recorded => ({
  stream,
  offset,
  event: 'message.created',
  payload: JSON.stringify({ event: 'message.created', data: { text } }),
});
const recorded = (...all: Recorded[]): Notice & { recorded: Recorded[] } => ({ recorded: all });
const transient = (topic: string, payload = '{}', except?: string) => ({
  transient: { topic, payload, ...(except !== undefined && { except }) },
});

function hearing(bus: Bus): Notice[] {
  const heard: Notice[] = [];
  bus.subscribe((notice) => heard.push(notice));
  return heard;
}

const offsetsIn = (notices: readonly Notice[]): number[] =>
  notices.flatMap((notice) => ('recorded' in notice ? notice.recorded.map(({ offset }) => offset) : []));

/** Buses of an installation: the one that publishes, and the one at which a subscriber is. */
type Pair = () => Promise<{ here: Bus; there: Bus }>;

/** What every bus promises, whether the subscriber is on the same node or on another one. */
function itIsABus(newPair: Pair): void {
  it('carries records and transients of followed topics unchanged and in order', async () => {
    const { here, there } = await newPair();
    await there.follow(['session:1', 'inbox:1']);
    const heard = hearing(there);
    const text = 'Grüße "\u2028" \\u0001 🙂';
    here.publish(recorded(record('session:1', 1, text), record('inbox:1', 7), record('session:1', 2)));
    here.publish(transient('session:1', '{"typing":"on"}', 'user:4'));
    here.publish(transient('inbox:1', ''));
    here.publish(recorded(record('session:1', 3)));
    await expect.poll(() => offsetsIn(heard)).toContain(3);
    const ofSession = heard.flatMap((notice): (Recorded | Transient)[] => {
      if ('recorded' in notice) return notice.recorded.filter(({ stream }) => stream === 'session:1');
      return 'transient' in notice && notice.transient.topic === 'session:1' ? [notice.transient] : [];
    });
    expect(ofSession).toEqual([
      record('session:1', 1, text),
      record('session:1', 2),
      transient('session:1', '{"typing":"on"}', 'user:4').transient,
      record('session:1', 3),
    ]);
    await expect.poll(() => heard).toContainEqual(transient('inbox:1', ''));
  });

  it('calls every subscriber until it unsubscribes', async () => {
    const { here, there } = await newPair();
    await there.follow(['a']);
    const first: Notice[] = [];
    const stop = there.subscribe((notice) => first.push(notice));
    const second = hearing(there);
    here.publish(recorded(record('a', 1)));
    await expect.poll(() => offsetsIn(second)).toEqual([1]);
    stop();
    here.publish(recorded(record('a', 2)));
    await expect.poll(() => offsetsIn(second)).toEqual([1, 2]);
    expect(offsetsIn(first)).toEqual([1]);
  });

  it('counts followers, and hears what is published after a follow has resolved', async () => {
    const { here, there } = await newPair();
    const heard = hearing(there);
    for (let round = 1; round <= 20; round++) {
      const stream = `session:${round}`;
      await Promise.all([there.follow([stream, 'shared']), there.follow([stream])]);
      there.unfollow([stream, 'shared']);
      expect(there.isFollowed(stream)).toBe(true);
      expect(there.isFollowed('shared')).toBe(false);
      here.publish(recorded(record(stream, round)));
    }
    // Streams are in order, one beside the other: a cluster has them on several servers.
    const inOrder = () => offsetsIn(heard).sort((a, b) => a - b);
    await expect.poll(inOrder).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });

  it('delivers on its own node before it returns, once', async () => {
    const { here, there } = await newPair();
    await Promise.all([here.follow(['a']), there.follow(['a'])]);
    const heard = hearing(here);
    here.publish(recorded(record('a', 1)));
    expect(offsetsIn(heard)).toEqual([1]);
    there.publish(recorded(record('a', 2)));
    await expect.poll(() => offsetsIn(heard)).toEqual([1, 2]);
  });

  it('announces gaps, says that it is whole, and is silent once it is closed', async () => {
    const { here } = await newPair();
    let gaps = 0;
    const stop = here.onGap(() => gaps++);
    here.notifyGap();
    stop();
    here.notifyGap();
    expect(gaps).toBe(1);
    expect(here.state()).toBe('ok');
    const heard = hearing(here);
    await here.close();
    here.publish(transient('a'));
    expect(heard).toEqual([]);
  });
}

describe('the bus of one process', () => {
  itIsABus(async () => {
    const bus = openBus();
    return { here: bus, there: bus };
  });
});

interface NodeOptions {
  server: Pick<RedisServer, 'url'>;
  epoch: string;
  lost?: (count: number) => void;
}

async function openNode({ server, epoch, lost = () => {} }: NodeOptions): Promise<Bus & { redis: Redis }> {
  const redis = await openRedis(server.url);
  const bus = openBus();
  const link = new RedisLink({
    redis,
    bus,
    epoch,
    nodeId: newToken(),
    log: { warn: () => {} },
    onLost: lost,
  });
  bus.connect(link);
  closing.push(() => redis.close());
  closing.push(() => bus.close());
  await expect.poll(() => bus.state()).toBe('ok');
  return Object.assign(bus, { redis });
}

describe.skipIf(!hasRedis)('the bus of several nodes on a Redis Cluster', () => {
  let cluster: Awaited<ReturnType<typeof startRedisCluster>>;
  beforeAll(async () => {
    cluster = await startRedisCluster();
  });
  afterAll(() => cluster.stop());

  itIsABus(async () => {
    const epoch = newToken();
    const here = await openNode({ server: cluster, epoch });
    const there = await openNode({ server: cluster, epoch });
    // While a client learns who has which slot, a redirected message comes after a later one; the log heals that.
    for (const topic of ['session:1', 'inbox:1', 'a'])
      await here.redis.commands.spublish(redisName({ epoch }, topic), 'from a node of another version');
    return { here, there };
  });

  it('hears streams of every slot again after a master was gone', async () => {
    const epoch = newToken();
    const here = await openNode({ server: cluster, epoch });
    const there = await openNode({ server: cluster, epoch });
    const streams = Array.from({ length: 30 }, (_, index) => `session:${index}`);
    await there.follow(streams);
    const heard = hearing(there);
    const heardStreams = () =>
      new Set(
        heard.flatMap((notice) => ('recorded' in notice ? notice.recorded : [])).map(({ stream }) => stream),
      );
    const publishUntilAllHear = () =>
      expect
        .poll(
          () => {
            for (const stream of streams) here.publish(recorded(record(stream, 1)));
            return heardStreams().size;
          },
          { timeout: 40_000, interval: 200 },
        )
        .toBe(streams.length);
    await publishUntilAllHear();
    const [, second] = cluster.servers;
    await second?.stop();
    await second?.start();
    heard.length = 0;
    await publishUntilAllHear();
  }, 60_000);
});

describe.skipIf(!hasRedis)('the bus of several nodes on Redis', () => {
  async function newServer(): Promise<RedisServer> {
    const server = await startRedisServer();
    closing.push(() => server.stop());
    return server;
  }

  itIsABus(async () => {
    const server = await newServer();
    const epoch = newToken();
    return { here: await openNode({ server, epoch }), there: await openNode({ server, epoch }) };
  });

  it('does not mix installations, and gets no message of topics that nobody follows', async () => {
    const server = await newServer();
    const [here, there, foreign] = await Promise.all(
      ['one', 'one', 'two'].map((epoch) => openNode({ server, epoch })),
    );
    if (!here || !there || !foreign) throw new Error('a node is missing');
    await Promise.all([there.follow(['a']), foreign.follow(['a', 'b'])]);
    const heard = hearing(there);
    const heardByForeign = hearing(foreign);
    here.publish(recorded(record('b', 1), record('a', 1)));
    await expect.poll(() => offsetsIn(heard)).toEqual([1]);
    expect(heard).toEqual([recorded(record('a', 1))]);
    expect(heardByForeign).toEqual([]);
    expect(await here.redis.commands.pubsub('CHANNELS', 'hoory:one:bus:*')).toEqual(['hoory:one:bus:a']);
  });

  it('delivers what is for one node only on that one', async () => {
    const server = await newServer();
    const [here, there] = [
      await openNode({ server, epoch: 'one' }),
      await openNode({ server, epoch: 'one' }),
    ];
    await there.follow(['webhooks', 'a']);
    const heard = hearing(there);
    here.deliver(transient('webhooks'));
    here.publish(recorded(record('a', 1)));
    await expect.poll(() => offsetsIn(heard)).toEqual([1]);
    expect(heard).toEqual([recorded(record('a', 1))]);
  });

  it('subscribes many topics with one command, and follows one again without another', async () => {
    const server = await newServer();
    const node = await openNode({ server, epoch: 'one' });
    const topics = Array.from({ length: 500 }, (_, index) => `session:${index}`);
    await Promise.all(topics.map((topic) => node.follow([topic])));
    node.unfollow(topics);
    await node.follow(topics);
    const stats = await node.redis.commands.info('commandstats');
    expect(/cmdstat_subscribe:calls=(\d+)/.exec(stats)?.[1]).toBe('1');
  });

  it('subscribes what was followed while Redis was gone, and keeps nothing of what was left meanwhile', async () => {
    const server = await newServer();
    const here = await openNode({ server, epoch: 'one' });
    const there = await openNode({ server, epoch: 'one' });
    await server.stop();
    await expect.poll(() => there.state()).toBe('degraded');
    await there.follow(['left', 'kept']);
    there.unfollow(['left']);
    const heard = hearing(there);
    await server.start();
    await expect
      .poll(
        () => {
          here.publish(recorded(record('kept', 1)));
          return offsetsIn(heard);
        },
        { timeout: 20_000 },
      )
      .toContain(1);
    expect(await here.redis.commands.pubsub('CHANNELS', 'hoory:one:bus:*')).toEqual(['hoory:one:bus:kept']);
  });

  it('ignores text that it cannot read', async () => {
    const server = await newServer();
    const node = await openNode({ server, epoch: 'one' });
    await node.follow(['a']);
    const heard = hearing(node);
    for (const text of [
      '',
      'x',
      'other transient {',
      'other transient {\u0001{}',
      'other later-kind \u0001x',
    ])
      await node.redis.commands.publish('hoory:one:bus:a', text);
    await node.redis.commands.publish('hoory:one:bus:a', 'other recorded \u00015 message.created {}');
    await expect.poll(() => offsetsIn(heard)).toEqual([5]);
    expect(heard).toHaveLength(1);
  });

  it('drops notices while Redis is paused instead of keeping them, delays no follower, and works again afterwards', async () => {
    const server = await newServer();
    let lost = 0;
    const lose = (count: number) => {
      lost += count;
    };
    const here = await openNode({ server, epoch: 'one', lost: lose });
    const there = await openNode({ server, epoch: 'one' });
    await there.follow(['a']);
    const heard = hearing(there);
    server.pause();
    const payload = 'x'.repeat(1024 * 1024);
    for (let offset = 1; offset <= 20; offset++) here.publish(recorded({ ...record('a', offset), payload }));
    expect(lost).toBeGreaterThanOrEqual(12);
    await there.follow(['b']);
    await expect.poll(() => here.state()).toBe('degraded');
    here.publish(recorded(record('a', 21)));
    expect(lost).toBeGreaterThanOrEqual(13);
    server.resume();
    await expect.poll(() => here.state()).toBe('ok');
    await expect.poll(() => there.state()).toBe('ok');
    await expect
      .poll(
        () => {
          here.publish(recorded(record('a', 22), record('b', 22)));
          return offsetsIn(heard).filter((offset) => offset === 22).length;
        },
        { timeout: 20_000 },
      )
      .toBeGreaterThanOrEqual(2);
  });
});
