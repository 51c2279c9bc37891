/** Exact counts over all nodes, for what must not be outrun by attempts at several nodes: failed sign-ins. */
import type { App } from '../app.ts';
import { type Count, RedisCounters } from '../redis/counters.ts';
import { Windows } from './windows.ts';

export interface Counts {
  /**
   * Adds `by`, 1 or -1, to the running window of `key`, or begins one of `windowMs`.
   * @returns the count of all nodes, and the time until its window ends. Without Redis it is the count of this node
   */
  add(key: string, by: 1 | -1, windowMs: number): Promise<Count>;
}

/** @param now clock in milliseconds */
export function openMemoryCounts(now: () => number): Counts {
  const windows = new Windows(now, (window) => window);
  return {
    add: async (key, by, windowMs) => {
      const window = by > 0 ? windows.open(key, windowMs) : windows.find(key);
      if (!window) return { count: 0, endsInMs: 0 };
      window.count += by;
      // The next count begins a window of its own.
      if (window.count <= 0) window.endsAtMs = now();
      return { count: window.count, endsInMs: window.endsAtMs - now() };
    },
  };
}

/** Counts on Redis where there is one, and in memory too: when Redis is lost, this node knows its own. */
export function openCounts({
  redis,
  installation,
  now,
}: Pick<App, 'redis' | 'installation' | 'now'>): Counts {
  const own = openMemoryCounts(now);
  if (!redis) return own;
  const counters = new RedisCounters(redis, installation);
  return {
    add: async (key, by, windowMs) => {
      const [here, everywhere] = await Promise.all([
        own.add(key, by, windowMs),
        counters.add(key, by, windowMs),
      ]);
      return everywhere && everywhere.count >= here.count ? everywhere : here;
    },
  };
}
