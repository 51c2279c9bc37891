/** Nodes in this process on one PostgreSQL and one Redis, each with an address, sockets and connections of its own. */
import { readConfig } from '../src/config.ts';
import { startServer } from '../src/main.ts';
import { hasRedis, type RedisServer, startRedisServer } from './redis.ts';
import { engines, freshConfig, type Node } from './server.ts';

/** Whether this machine has PostgreSQL and Redis; tests of several nodes are skipped where not. */
export const hasNodes = hasRedis && engines.includes('postgres');

export interface Nodes {
  a: Node;
  b: Node;
  /** The Redis of these nodes alone, which a test may pause. */
  redis: RedisServer;
  stop(): Promise<void>;
}

/** Starts two nodes on a fresh database, and on a fresh Redis unless one is given. */
export async function startNodes(settings: Record<string, string> = {}, given?: RedisServer): Promise<Nodes> {
  const redis = given ?? (await startRedisServer());
  const fresh = await freshConfig('postgres', { REDIS_URL: redis.url, ...settings });
  const start = async (): Promise<Node> => {
    const server = await startServer(readConfig(fresh.env));
    return { ...server, url: server.app.url() };
  };
  const [a, b] = [await start(), await start()];
  return {
    a,
    b,
    redis,
    stop: async () => {
      redis.resume();
      await Promise.all([a.close(), b.close()]);
      await fresh.release();
      await redis.stop();
    },
  };
}
