/** How many requests may be open, to one endpoint and to all (webhooks.md section 3), without I/O. */
import { failuresUntilRest } from './rules.ts';

/** Milliseconds within which an endpoint answers to count as quick, and after which a request counts as slow. */
export const quickMs = 1000;
/** Most open requests of this process that are not slow. */
const maxNewRequests = 256;
/** Most open requests of this process. Slow ones leave the first bound, so that many slow endpoints do not stop the quick ones. */
const maxRequests = 1024;

/** Most open requests of a working endpoint before it has answered quickly, and while it does. */
const maxConcurrent = 8;
const maxConcurrentQuick = 32;

/** How many requests may be opened now. */
export const freeSlots = ({ open, slow }: { open: number; slow: number }): number =>
  Math.min(maxNewRequests - (open - slow), maxRequests - open);

interface EndpointHealth {
  endpoint: string;
  /** Failed attempts in a row. */
  failures: number;
  /** Whether its last answer was a success within `quickMs`. */
  isQuick: boolean;
}

/** Most open requests of an endpoint: few while it fails, and one after a rest. */
export function maxOpenOf({ endpoint, failures, isQuick }: EndpointHealth): number {
  if (failures === 0 || endpoint.startsWith('bot:')) return isQuick ? maxConcurrentQuick : maxConcurrent;
  return failures < failuresUntilRest ? 2 : 1;
}

export interface EndpointSlots {
  endpoint: string;
  /** Open requests. */
  open: number;
  /** Most open requests. */
  most: number;
}

/** Divides free slots so that those endpoints get one first that have the fewest requests. @returns endpoints that get any */
export function shareSlots(
  endpoints: readonly EndpointSlots[],
  free: number,
): { endpoint: string; limit: number }[] {
  const limits = new Map<string, number>();
  let left = free;
  let wanting = [...endpoints];
  for (let level = 0; left > 0 && wanting.length; level++) {
    wanting = wanting.filter(({ most }) => most > level);
    for (const { endpoint, open } of wanting)
      if (open <= level && left > 0) {
        limits.set(endpoint, (limits.get(endpoint) ?? 0) + 1);
        left--;
      }
  }
  return [...limits].map(([endpoint, limit]) => ({ endpoint, limit }));
}
