/**
 * The connection of this node to Redis, and whether Redis answers. Redis holds only what may be lost: notices of the bus, presence,
 * counts of limits, sessions of the cable. Code that uses it goes on without it while `isUp` is false.
 */
import { Redis as Client, Cluster, type RedisOptions } from 'ioredis';
import { findClusterMode } from './first-answer.ts';

/** Commands and pub/sub, on one server or on a cluster. */
export type RedisClient = Client | Cluster;

export interface Redis {
  /** For commands. One fails at once while Redis is unreachable, and after `answerTimeoutMs` when Redis does not answer. */
  readonly commands: RedisClient;
  /** Whether keys are spread over a cluster: a command or script then names keys of one hash slot only. */
  readonly isCluster: boolean;
  /** Whether Redis answered the last ping. */
  isUp(): boolean;
  /**
   * Milliseconds since 1970 by the clock of Redis, for times that several nodes write to it and compare: the clocks of machines
   * differ. Compared with this machine's clock each second.
   */
  now(): number;
  /** Calls `listener` whenever `isUp` changes, until the returned function is called. */
  onChange(listener: (isUp: boolean) => void): () => void;
  /** A new connection for subscriptions. It reconnects and subscribes again by itself; whoever opens it disconnects it. */
  newSubscriber(): RedisClient;
  close(): void;
}

/** Milliseconds for an answer, and between two pings: a Redis that stops answering is noticed within two seconds. */
const answerTimeoutMs = 1000;
const pingEveryMs = 1000;

const retryMs = (attempt: number): number => Math.min(50 * 2 ** Math.min(attempt, 5), 1000);

const options = {
  connectTimeout: answerTimeoutMs,
  commandTimeout: answerTimeoutMs,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  retryStrategy: retryMs,
} satisfies RedisOptions;

/** Milliseconds for the first answer: Redis may be starting beside this process. */
const startTimeoutMs = 8000;

/** Connects, and pings each second until `close`. @throws RedisUnusable when Redis has not answered within `timeoutMs` */
export async function openRedis(url: string, timeoutMs = startTimeoutMs): Promise<Redis> {
  const isCluster = await findClusterMode(url, timeoutMs);
  const commands = connect(url, { isCluster });
  const state = new UpState();
  const clock = new RedisClock(commands);
  const ping = () =>
    clock.compare().then(
      () => state.set(true),
      () => state.set(false),
    );
  const timer = setInterval(() => void ping(), pingEveryMs);
  timer.unref();
  commands.on('ready', () => void ping());
  commands.on('close', () => state.set(false));
  await untilReady(commands);
  await ping();
  return {
    commands,
    isCluster,
    isUp: () => state.isUp,
    now: () => clock.now(),
    onChange: (listener) => state.onChange(listener),
    // A subscription may wait for Redis to come back, so it has no time limit and a queue.
    newSubscriber: () =>
      connect(url, {
        isCluster,
        more: { commandTimeout: undefined, enableOfflineQueue: true, maxRetriesPerRequest: null },
      }),
    close: () => {
      clearInterval(timer);
      state.forgetListeners();
      commands.disconnect();
    },
  };
}

/** Whether Redis answers, and the listeners of changes. */
class UpState {
  #isUp = false;
  readonly #listeners = new Set<(isUp: boolean) => void>();

  get isUp(): boolean {
    return this.#isUp;
  }

  set(isUp: boolean): void {
    if (isUp === this.#isUp) return;
    this.#isUp = isUp;
    for (const listener of this.#listeners) listener(isUp);
  }

  onChange(listener: (isUp: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  forgetListeners(): void {
    this.#listeners.clear();
  }
}

/** The clock of Redis, by its difference from the clock of this machine. */
class RedisClock {
  readonly #commands: RedisClient;
  #aheadMs = 0;

  constructor(commands: RedisClient) {
    this.#commands = commands;
  }

  /** Asks Redis for its time, and takes it for the time in the middle between question and answer. */
  async compare(): Promise<void> {
    const before = Date.now();
    const [seconds, microseconds] = await this.#commands.time();
    const atRedis = Number(seconds) * 1000 + Number(microseconds) / 1000;
    this.#aheadMs = Math.round(atRedis - (before + Date.now()) / 2);
  }

  now(): number {
    return Date.now() + this.#aheadMs;
  }
}

/** Resolves when the client is connected, or after the time for an answer. */
const untilReady = (client: RedisClient): Promise<void> =>
  new Promise((resolve) => {
    client.once('ready', resolve);
    setTimeout(resolve, answerTimeoutMs).unref();
  });

function connect(url: string, { isCluster, more }: { isCluster: boolean; more?: RedisOptions }): RedisClient {
  const client = isCluster
    ? new Cluster([url], {
        enableOfflineQueue: more?.enableOfflineQueue ?? options.enableOfflineQueue,
        clusterRetryStrategy: retryMs,
        shardedSubscribers: true,
        redisOptions: { ...options, ...credentialsOf(url), ...more },
      })
    : new Client(url, { ...options, ...more });
  // `isUp` says whether Redis answers; without a listener an error would end the process.
  client.on('error', () => {});
  return client;
}

/** For the nodes that a cluster names: their addresses come without credentials. */
function credentialsOf(url: string): RedisOptions {
  const { protocol, username, password } = new URL(url);
  return {
    ...(username && { username: decodeURIComponent(username) }),
    ...(password && { password: decodeURIComponent(password) }),
    ...(protocol === 'rediss:' && { tls: {} }),
  };
}
