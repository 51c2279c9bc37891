/** The start's question to Redis: whether it answers, and whether it is a cluster. */
import { Redis as Client } from 'ioredis';

/** Redis cannot be used at the start. The message names the address without its password. */
export class RedisUnusable extends Error {
  constructor(url: string, reason: string) {
    super(
      `Redis at ${new URL(url).host} cannot be used: ${reason}. Check REDIS_URL and the server, then start again.`,
    );
    this.name = 'RedisUnusable';
  }
}

const attemptTimeoutMs = 2000;
const pauseMs = 200;

/** Replies after which no later attempt succeeds: the address or the credentials are wrong. */
const isFinal = (reason: string): boolean =>
  /^(WRONGPASS|NOAUTH|NOPERM|ERR (AUTH|invalid password|Client sent AUTH|invalid DB index|DB index))/i.test(
    reason,
  );

/**
 * Asks until Redis answers.
 * @returns whether the server is a node of a cluster
 * @throws RedisUnusable for wrong credentials at once, otherwise when nothing has answered within `timeoutMs`
 */
export async function findClusterMode(url: string, timeoutMs: number): Promise<boolean> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    try {
      return /cluster_enabled:1/.test(await askForInfo(url));
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown';
      if (isFinal(reason) || performance.now() > end) throw new RedisUnusable(url, reason);
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

async function askForInfo(url: string): Promise<string> {
  const client = new Client(url, {
    lazyConnect: true,
    connectTimeout: attemptTimeoutMs,
    commandTimeout: attemptTimeoutMs,
    retryStrategy: null,
    maxRetriesPerRequest: 0,
  });
  let cause: Error | undefined;
  // The event has the reason; a rejected `connect` says only that the connection is closed.
  client.on('error', (error) => {
    cause ??= error;
  });
  try {
    await client.connect();
    return await client.info('cluster');
  } catch (error) {
    throw cause ?? error;
  } finally {
    client.disconnect();
  }
}
