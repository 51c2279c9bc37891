/**
 * Rate limits by fixed windows, counted in this process. The counters decide only whether a request is refused as one too
 * many, never what is stored; a restart begins new windows, and each process counts by itself. Session and inbox come first, the address last: many customers
 * may share one address, and none may use up the share of another.
 */

export interface Limits {
  /** Counts one use of `key`. @returns 0, or the seconds to wait when `most` per `window` (milliseconds) was passed */
  take(key: string, most: number, window: number): number;
}

interface Window {
  ends: number;
  used: number;
}

/** @param now clock in milliseconds */
export function openLimits(now: () => number): Limits {
  const windows = new Map<string, Window>();
  return {
    take: (key, most, window) => {
      const time = now();
      let current = windows.get(key);
      if (!current || current.ends <= time) {
        if (windows.size > 50_000)
          for (const [old, { ends }] of windows) if (ends <= time) windows.delete(old);
        current = { ends: time + window, used: 0 };
        windows.set(key, current);
      }
      current.used++;
      return current.used > most ? Math.max(1, (current.ends - time) / 1000) : 0;
    },
  };
}

/** No limits, for load tests (`HOORY_RATE_LIMITS=off`). */
export const noLimits: Limits = { take: () => 0 };
