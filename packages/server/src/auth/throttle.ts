/**
 * Limits failed sign-ins to 10 in 15 minutes for an e-mail and 5 in 5 minutes for an IP address (application-api.md section 1). An
 * attempt is counted before it is made, and no longer when it succeeds: however many guesses arrive at once, at whichever nodes, no
 * more than these are made in a window.
 */
import { Refusal } from '../errors.ts';
import type { Counts } from '../http/counts.ts';

const minuteMs = 60_000;

interface Client {
  email: string;
  address: string;
}

export interface Throttle {
  /**
   * Runs the attempts of an address on this node one after another, so that people who share it and sign in at the same time are not
   * refused for each other's attempts.
   * @throws too_many_requests 429 while the e-mail or the address has failed too often
   */
  guard<Out>(client: Client, attempt: () => Promise<Out | undefined>): Promise<Out | undefined>;
}

/** A count that an attempt uses. */
interface Use {
  key: string;
  most: number;
  windowMs: number;
}

const usesOf = ({ email, address }: Client): Use[] => [
  { key: `sign-in:email:${email}`, most: 10, windowMs: 15 * minuteMs },
  { key: `sign-in:address:${address}`, most: 5, windowMs: 5 * minuteMs },
];

export function openThrottle(counts: Counts): Throttle {
  const enqueue = openQueues();

  const takeBack = (uses: Use[]) =>
    Promise.all(uses.map(({ key, windowMs }) => counts.add(key, -1, windowMs)));

  /** @throws too_many_requests 429, having counted nothing */
  async function reserve(uses: Use[]): Promise<void> {
    const counted = await Promise.all(uses.map(({ key, windowMs }) => counts.add(key, 1, windowMs)));
    const waits = uses.map(({ most }, index) => {
      const { count = 0, endsInMs = 0 } = counted[index] ?? {};
      return count > most ? endsInMs : 0;
    });
    const waitMs = Math.max(...waits);
    if (!waitMs) return;
    await takeBack(uses);
    throw new Refusal('too_many_requests', 'Retry later', { retryAfter: waitMs / 1000 });
  }

  async function run<Out>(client: Client, attempt: () => Promise<Out | undefined>): Promise<Out | undefined> {
    const uses = usesOf(client);
    await reserve(uses);
    let hasFailed = false;
    try {
      const answer = await attempt();
      hasFailed = answer === undefined;
      return answer;
    } finally {
      if (!hasFailed) await takeBack(uses);
    }
  }

  return { guard: (client, attempt) => enqueue(client.address, () => run(client, attempt)) };
}

/** @returns a function that runs the jobs of each key one after another; a job that fails does not stop the next */
function openQueues(): <Out>(key: string, job: () => Promise<Out>) => Promise<Out> {
  /** The last job of each key that has one. */
  const last = new Map<string, Promise<unknown>>();
  return (key, job) => {
    const result = (last.get(key) ?? Promise.resolve()).then(job);
    const settled = result
      .catch(() => undefined)
      .then(() => {
        if (last.get(key) === settled) last.delete(key);
      });
    last.set(key, settled);
    return result;
  };
}

/** No limits (`HOORY_RATE_LIMITS=off`). */
export const noThrottle: Throttle = { guard: (_client, attempt) => attempt() };
