/** Erases content from the log. Events are rewritten in place, so that offsets have no gap. */
import type { Tx } from '../db/db.ts';
import { erasePacked } from '../db/packs.ts';
import { parseEventData } from './logged-events.ts';
import {
  deleteEntriesWithEvents,
  findEntryIds,
  findEventsWithText,
  setAllPruned,
  updateEvents,
} from './store.ts';

export interface Rewriting {
  streams: readonly string[];
  /** Only events whose payload contains one of these texts are read, and events in packs. */
  texts: readonly string[];
  /** Whether to rewrite an event, by its name and data. */
  isMeant(event: string, data: Record<string, unknown>): boolean;
  /** The name and data that replace its own. */
  event: string;
  data: object;
}

/** Gives the meant events of these streams another name and data. */
export async function rewriteEntries(
  tx: Tx,
  { streams, texts, isMeant, event, data }: Rewriting,
): Promise<void> {
  const found = await findEventsWithText(tx, { streams, texts });
  const meant = found.filter((stored) => isMeant(stored.event, parseEventData(stored.payload)));
  await updateEvents(tx, meant, { event, payload: JSON.stringify({ event, data }) });
}

/** Deletes all entries of these streams. A client that comes back to one of them is told to fetch its state again. */
export async function emptyStreams(tx: Tx, streams: readonly string[]): Promise<void> {
  for (const stream of streams) {
    await deleteEntriesWithEvents(tx, await findEntryIds(tx, stream), erasePacked);
    await setAllPruned(tx, stream);
  }
}
