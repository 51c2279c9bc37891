/**
 * Limits failed sign-ins to 10 in 15 minutes for an e-mail and 5 in 5 minutes for an IP address (application-api.md section 1).
 * Counters are in memory: a restart resets them.
 */
import { Refusal } from '../errors.ts';
import { openWindows } from '../http/limits.ts';

const minuteMs = 60_000;

export interface Throttle {
  /**
   * Runs the attempts of an address one after another, so that parallel guesses cannot outrun their count.
   * @throws too_many_requests 429 while the e-mail or the address has failed too often
   */
  guard<Out>(
    client: { email: string; address: string },
    attempt: () => Promise<Out | undefined>,
  ): Promise<Out | undefined>;
}

/** @param now clock in milliseconds */
export function openThrottle(now: () => number): Throttle {
  const failures = openWindows(now);
  /** The last attempt of each address. */
  const attempts = new Map<string, Promise<unknown>>();

  const waitMs = (key: string, most: number): number => {
    const window = failures.find(key);
    return window && window.count >= most ? window.endsAtMs - now() : 0;
  };

  const run = async <Out>(email: string, address: string, attempt: () => Promise<Out | undefined>) => {
    const wait = Math.max(waitMs(email, 10), waitMs(address, 5));
    if (wait) throw new Refusal('too_many_requests', 'Retry later', { retryAfter: wait / 1000 });
    const answer = await attempt();
    if (answer === undefined) {
      failures.count(email, 15 * minuteMs);
      failures.count(address, 5 * minuteMs);
    }
    return answer;
  };

  return {
    guard: (client, attempt) => {
      const address = `address:${client.address}`;
      const before = attempts.get(address) ?? Promise.resolve();
      const result = before.then(() => run(`email:${client.email}`, address, attempt));
      const settled = result
        .catch(() => undefined)
        .then(() => {
          if (attempts.get(address) === settled) attempts.delete(address);
        });
      attempts.set(address, settled);
      return result;
    },
  };
}

/** No limits (`HOORY_RATE_LIMITS=off`). */
export const noThrottle: Throttle = { guard: (_client, attempt) => attempt() };
