import { afterEach, describe, expect, it, vi } from 'vitest';
import { hasRedis, type RedisServer, startRedisServer } from '../../test/redis.ts';
import { RedisUnusable } from './first-answer.ts';
import { openRedis, type Redis } from './redis.ts';

describe.skipIf(!hasRedis)('the connection to Redis', () => {
  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  async function newServer(args?: readonly string[]): Promise<RedisServer> {
    const server = await startRedisServer(args);
    closing.push(() => server.stop());
    return server;
  }
  async function connect(url: string): Promise<Redis> {
    const redis = await openRedis(url);
    closing.push(() => redis.close());
    return redis;
  }
  const becomes = (redis: Redis, isUp: boolean) => expect.poll(() => redis.isUp()).toBe(isUp);

  it('says that Redis is down while it is paused, and up again afterwards', async () => {
    const server = await newServer();
    const redis = await connect(server.url);
    const changes: boolean[] = [];
    redis.onChange((isUp) => changes.push(isUp));
    expect(redis.isUp()).toBe(true);
    server.pause();
    await becomes(redis, false);
    await expect(redis.commands.get('key')).rejects.toThrow();
    server.resume();
    await becomes(redis, true);
    expect(changes).toEqual([false, true]);
  });

  it('has the time of Redis', async () => {
    const server = await newServer();
    const redis = await connect(server.url);
    vi.spyOn(Date, 'now').mockImplementation(() => performance.timeOrigin + performance.now() - 3_600_000);
    closing.push(() => vi.restoreAllMocks());
    const offMs = () => Math.abs(redis.now() - performance.timeOrigin - performance.now());
    expect(offMs()).toBeGreaterThan(3_000_000);
    await expect.poll(offMs).toBeLessThan(5000);
  });

  it('comes back after a restart of Redis, with its subscriptions', async () => {
    const server = await newServer();
    const redis = await connect(server.url);
    const subscriber = redis.newSubscriber();
    closing.push(() => subscriber.disconnect());
    const heard: string[] = [];
    subscriber.on('message', (_channel, text) => heard.push(text));
    await subscriber.subscribe('channel');
    await server.stop();
    await becomes(redis, false);
    await server.start();
    await becomes(redis, true);
    await expect
      .poll(
        async () => {
          await redis.commands.publish('channel', 'again');
          return heard.length;
        },
        { timeout: 20_000 },
      )
      .toBeGreaterThan(0);
  });

  it('refuses wrong credentials at once, naming the address and no password', async () => {
    const server = await newServer(['--requirepass', 'secret']);
    const url = server.url.replace('redis://', 'redis://:wrong@');
    const refusal = await openRedis(url).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(RedisUnusable);
    expect(String(refusal)).toContain(new URL(url).host);
    expect(String(refusal)).toContain('WRONGPASS');
    expect(String(refusal)).not.toContain('wrong@');
    await connect(server.url.replace('redis://', 'redis://:secret@'));
  });

  it('refuses an address where nothing answers', async () => {
    const server = await newServer();
    await server.stop();
    await expect(openRedis(server.url, 300)).rejects.toThrow(/ECONNREFUSED.*Check REDIS_URL/);
  });
});
