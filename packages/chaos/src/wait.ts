/** Waiting: for a time, for a condition, for a port. */
import { once } from 'node:events';
import { createServer } from 'node:net';

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks every `intervalMs` until the answer is true. @returns false when it was not within `limitMs` */
export async function becomes(
  isTrue: () => boolean | Promise<boolean>,
  { limitMs, intervalMs = 100 }: { limitMs: number; intervalMs?: number },
): Promise<boolean> {
  const end = performance.now() + limitMs;
  for (;;) {
    if (await isTrue()) return true;
    if (performance.now() > end) return false;
    await sleep(intervalMs);
  }
}

/** A port that was free a moment ago, for a program that comes back on the same one. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const port = portOf(probe.address());
  probe.close();
  await once(probe, 'close');
  return port;
}

/** The port of a listening server. */
export function portOf(address: ReturnType<ReturnType<typeof createServer>['address']>): number {
  if (address === null || typeof address === 'string')
    throw new Error('The server does not listen on a port');
  return address.port;
}
