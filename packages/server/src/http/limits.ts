/**
 * Rate limits with fixed windows. The counters decide only whether a request is refused, never what is stored. This file counts in
 * the memory of one process, `shared-limits.ts` over several nodes. A restart begins new windows.
 */
import { Windows } from './windows.ts';

export interface Limits {
  /**
   * Counts one use of `key` without waiting for other nodes, whose uses may be known a moment later (decisions.md 10).
   * @returns 0, or the seconds to wait after more than `most` uses in `windowMs`
   */
  take(key: string, most: number, windowMs: number): number;
  /** As `take`, but knows the uses of all nodes: for what is rare or costly. */
  takeStrictly(key: string, most: number, windowMs: number): Promise<number>;
}

/** The answer of `take` for a window. @param now clock in milliseconds */
export const waitSeconds = (
  { count, endsAtMs }: { count: number; endsAtMs: number },
  most: number,
  now: number,
) => (count > most ? Math.max(1, (endsAtMs - now) / 1000) : 0);

/** @param now clock in milliseconds */
export function openLimits(now: () => number): Limits {
  const windows = new Windows(now, (window) => window);
  const take: Limits['take'] = (key, most, windowMs) => {
    const window = windows.open(key, windowMs);
    window.count++;
    return waitSeconds(window, most, now());
  };
  return { take, takeStrictly: async (...use) => take(...use) };
}

/** No limits, for load tests (`HOORY_RATE_LIMITS=off`). */
export const noLimits: Limits = { take: () => 0, takeStrictly: async () => 0 };
