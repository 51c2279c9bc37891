/**
 * Rate limits of several nodes. A request is decided by what this node knows: its own uses, and those of all nodes as of its last
 * exchange with Redis. Uses are sent in the background, many keys together, once they are a twentieth of the limit: most callers never
 * come that far and cost Redis nothing. A caller that spreads its requests over nodes gets at most a twentieth of the limit for each
 * node more, and what the nodes let through until they have exchanged, 50 ms. Waiting for Redis with each request would take a third of
 * the time of a posted message (decisions.md 10). Without Redis each node counts by itself.
 */
import type { Installation } from '../installation.ts';
import { type Count, RedisCounters } from '../redis/counters.ts';
import type { Redis } from '../redis/redis.ts';
import { type Limits, waitSeconds } from './limits.ts';
import { type Window, Windows } from './windows.ts';

/** Milliseconds for which uses are collected. */
const collectMs = 50;
/** The share of a limit that a node uses without telling the others. */
const untoldShare = 1 / 20;
/** Most keys that are sent at once; the others follow. */
const maxSent = 1000;

interface SharedWindow extends Window {
  /** Uses of this node that Redis does not count yet. */
  untold: number;
  isSent: boolean;
}

export interface SharedLimitsOptions {
  redis: Redis;
  installation: Installation;
  /** Milliseconds. */
  now: () => number;
}

export const openSharedLimits = (options: SharedLimitsOptions): Limits => new SharedLimits(options);

class SharedLimits implements Limits {
  readonly #options: SharedLimitsOptions;
  readonly #counters: RedisCounters;
  readonly #windows: Windows<SharedWindow>;
  /** Windows to send, by key, with their length in milliseconds. */
  readonly #waiting = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: SharedLimitsOptions) {
    this.#options = options;
    this.#counters = new RedisCounters(options.redis, options.installation);
    this.#windows = new Windows(options.now, (window) => ({ ...window, untold: 0, isSent: false }));
  }

  take(key: string, most: number, windowMs: number): number {
    const window = this.#windows.open(key, windowMs);
    // Beyond the limit nothing more need be known.
    if (window.count <= most) {
      window.count++;
      window.untold++;
      if (window.untold >= most * untoldShare) this.#send(key, windowMs);
    }
    return waitSeconds(window, most, this.#options.now());
  }

  async takeStrictly(key: string, most: number, windowMs: number): Promise<number> {
    const window = this.#windows.open(key, windowMs);
    if (window.count > most) return waitSeconds(window, most, this.#options.now());
    const telling = this.#tell(key, window, { by: window.untold + 1, windowMs });
    // Later uses count on while this one waits.
    const { count } = window;
    const told = await telling;
    return waitSeconds({ count: told?.count ?? count, endsAtMs: window.endsAtMs }, most, this.#options.now());
  }

  #send(key: string, windowMs: number): void {
    if (!this.#options.redis.isUp()) return;
    this.#waiting.set(key, windowMs);
    this.#timer ??= setTimeout(() => this.#sendWaiting(), collectMs).unref();
  }

  #sendWaiting(): void {
    this.#timer = undefined;
    for (const [key, windowMs] of [...this.#waiting].slice(0, maxSent)) {
      this.#waiting.delete(key);
      const window = this.#windows.find(key);
      if (window && !window.isSent) void this.#tell(key, window, { by: window.untold, windowMs });
    }
    if (this.#waiting.size) this.#timer = setTimeout(() => this.#sendWaiting(), collectMs).unref();
  }

  /**
   * Adds `by` uses to the count of all nodes, among them the untold ones.
   * @returns that count; undefined without Redis
   */
  async #tell(
    key: string,
    window: SharedWindow,
    { by, windowMs }: { by: number; windowMs: number },
  ): Promise<Count | undefined> {
    window.count += by - window.untold;
    window.untold = 0;
    window.isSent = true;
    const told = await this.#counters.add(key, by, windowMs);
    window.isSent = false;
    if (told) this.#learn(window, told);
    else window.untold += by;
    return told;
  }

  #learn(window: SharedWindow, { count, endsInMs }: Count): void {
    window.count = count + window.untold;
    window.endsAtMs = this.#options.now() + endsInMs;
  }
}
