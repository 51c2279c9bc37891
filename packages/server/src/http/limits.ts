/**
 * Rate limits with fixed windows, counted in this process. The counters decide only whether a request is refused, never what is
 * stored. A restart begins new windows, and each process counts by itself.
 */

export interface Limits {
  /** Counts one use of `key`. @returns 0, or the seconds to wait after more than `most` uses in `windowMs` */
  take(key: string, most: number, windowMs: number): number;
}

interface Window {
  endsAtMs: number;
  count: number;
}

/** Counters by key, each for one window of time after its first count. */
export interface Windows {
  /** The running window of `key`. */
  find(key: string): Window | undefined;
  /** Adds one to the running window of `key`, or begins one of `windowMs`. */
  count(key: string, windowMs: number): Window;
}

/** Number of windows above which the ended ones are deleted. */
const maxWindows = 50_000;

/** @param now clock in milliseconds */
export function openWindows(now: () => number): Windows {
  const windows = new Map<string, Window>();
  const find = (key: string) => {
    const window = windows.get(key);
    return window && window.endsAtMs > now() ? window : undefined;
  };
  const deleteEnded = () => {
    for (const [key, { endsAtMs }] of windows) if (endsAtMs <= now()) windows.delete(key);
  };
  return {
    find,
    count: (key, windowMs) => {
      let window = find(key);
      if (!window) {
        if (windows.size > maxWindows) deleteEnded();
        window = { endsAtMs: now() + windowMs, count: 0 };
        windows.set(key, window);
      }
      window.count++;
      return window;
    },
  };
}

/** @param now clock in milliseconds */
export function openLimits(now: () => number): Limits {
  const windows = openWindows(now);
  return {
    take: (key, most, windowMs) => {
      const { count, endsAtMs } = windows.count(key, windowMs);
      return count > most ? Math.max(1, (endsAtMs - now()) / 1000) : 0;
    },
  };
}

/** No limits, for load tests (`HOORY_RATE_LIMITS=off`). */
export const noLimits: Limits = { take: () => 0 };
