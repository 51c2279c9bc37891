/** Waits after the faults until nothing moves any more: webhooks are sent, the log does not grow, followers have its end. */
import { findBehind, type Receipts } from './check/received.ts';
import { countUnsent } from './stored/read-database.ts';
import type { System } from './system/system.ts';
import { becomes } from './wait.ts';

type Heads = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** Claims of a dead node end after 30 s, clients find their way back within 15 s, receivers that failed are asked again. */
const limitMs = 180_000;

/**
 * @returns the heads of all streams in the end. After the time limit it returns as well: the checker then says what is missing.
 */
export async function settle({
  system,
  heads,
  receiptsAt,
}: {
  system: System;
  heads(): Promise<Heads>;
  receiptsAt(heads: Heads): Receipts;
}): Promise<Heads> {
  let last: Heads = new Map();
  let unchanged = 0;
  await becomes(
    async () => {
      const now = await heads();
      unchanged = toText(now) === toText(last) ? unchanged + 1 : 0;
      last = now;
      if (unchanged < 2 || (await countUnsent(system.database)) > 0) return false;
      return findBehind(receiptsAt(now)).length === 0;
    },
    { limitMs, intervalMs: 1_000 },
  );
  return last;
}

const toText = (heads: Heads): string =>
  JSON.stringify([...heads].map(([name, streams]) => [name, [...streams]]));
