/**
 * Failed sign-ins are counted per e-mail and per address; a success is not counted (application-api.md section 1). The counters
 * can only refuse a try: a password is always compared with the stored hash. A restart forgets them.
 */
import { Refusal } from '../errors.ts';

const minute = 60_000;

export interface Throttle {
  /**
   * Runs one try after another per address, so that guesses sent at once cannot outrun their count.
   * @throws too_many_requests 429 while the e-mail or the address has failed too often
   */
  guard<Out>(
    who: { email: string; address: string },
    attempt: () => Promise<Out | undefined>,
  ): Promise<Out | undefined>;
}

interface Counted {
  ends: number;
  failures: number;
}

/** @param now clock in milliseconds */
export function openThrottle(now: () => number): Throttle {
  const counts = new Map<string, Counted>();
  const turns = new Map<string, Promise<unknown>>();

  const waitFor = (key: string, most: number): number => {
    const counted = counts.get(key);
    return counted && counted.ends > now() && counted.failures >= most ? counted.ends - now() : 0;
  };

  const count = (key: string, window: number): void => {
    const counted = counts.get(key);
    if (counted && counted.ends > now()) counted.failures++;
    else counts.set(key, { ends: now() + window, failures: 1 });
    if (counts.size > 10_000) for (const [old, { ends }] of counts) if (ends <= now()) counts.delete(old);
  };

  return {
    guard: (who, attempt) => {
      const email = `email:${who.email}`;
      const address = `address:${who.address}`;
      const turn = (turns.get(address) ?? Promise.resolve()).then(async () => {
        const wait = Math.max(waitFor(email, 10), waitFor(address, 5));
        if (wait) throw new Refusal('too_many_requests', 'Retry later', { retryAfter: wait / 1000 });
        const answer = await attempt();
        if (answer === undefined) {
          count(email, 15 * minute);
          count(address, 5 * minute);
        }
        return answer;
      });
      const settled = turn
        .catch(() => undefined)
        .then(() => {
          if (turns.get(address) === settled) turns.delete(address);
        });
      turns.set(address, settled);
      return turn;
    },
  };
}

/** No limits (`HOORY_RATE_LIMITS=off`). */
export const noThrottle: Throttle = { guard: (_who, attempt) => attempt() };
