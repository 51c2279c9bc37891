/** Events with a payload of the test's own; `emit` accepts only payloads of the contract. */
import type { Tx } from '../src/db/db.ts';

interface TestAudience {
  streams: readonly string[];
  data: object;
}

/** Like `emit`: appends `event` to the log of these streams when `tx` commits. */
export function logEvent(tx: Tx, event: string, audiences: readonly TestAudience[]): void {
  for (const { streams, data } of audiences)
    if (streams.length) tx.logEntries.push({ streams, event, payload: JSON.stringify({ event, data }) });
}
