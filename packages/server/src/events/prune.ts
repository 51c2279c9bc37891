/** Keeps the log within its age and its number of events per stream (decisions.md 6). */
import type { Config } from '../config.ts';
import type { Db, Tx } from '../db/db.ts';
import { releasePacked } from '../db/packs.ts';
import {
  deleteEntries,
  deleteEntriesWithEvents,
  deleteOldEvents,
  findEntriesBetween,
  findOldEntries,
  findStreamLimits,
  listStreams,
  setPruned,
  type TimedEntry,
} from './store.ts';

/** Rows that one transaction deletes, so that other writes never wait for long. */
const batchSize = 500;

/**
 * Deletes what is too old or too many, and stores in each stream's row up to which offset it is pruned.
 * @param now in milliseconds
 * @returns number of deleted entries
 */
export async function pruneLog(db: Db, keep: Config['logKeep'], now: number): Promise<number> {
  const oldest = now - keep.age;
  let deleted = await inBatches(db, (tx) => pruneOldEntries(tx, oldest));
  await inBatches(db, (tx) => deleteOldEvents(tx, oldest, batchSize));
  for (let last: number | undefined = 0; last !== undefined; ) {
    const streams = await listStreams(db, last, batchSize);
    for (const { id, last_offset, pruned_offset } of streams)
      if (last_offset - pruned_offset > keep.events)
        deleted += await inBatches(db, (tx) => pruneSurplus(tx, id, keep.events));
    last = streams.at(batchSize - 1)?.id;
  }
  return deleted;
}

/** Runs `deleteBatch` in a transaction of its own until it deletes less than a whole batch. @returns number of deleted rows */
async function inBatches(db: Db, deleteBatch: (tx: Tx) => Promise<number>): Promise<number> {
  let deleted = 0;
  for (let size = batchSize; size === batchSize; deleted += size) size = await db.write(deleteBatch);
  return deleted;
}

async function pruneOldEntries(tx: Tx, oldest: number): Promise<number> {
  const old = await findOldEntries(tx, oldest, batchSize);
  if (!old.length) return 0;
  const newest = new Map<number, TimedEntry>();
  for (const entry of old)
    if (entry.stream_offset > (newest.get(entry.stream_id)?.stream_offset ?? 0))
      newest.set(entry.stream_id, entry);
  for (const entry of newest.values()) await setPruned(tx, entry);
  await deleteEntries(
    tx,
    old.map(({ id }) => id),
  );
  return old.length;
}

/** Deletes entries of a stream that has more than `events` of them. */
async function pruneSurplus(tx: Tx, id: number, events: number): Promise<number> {
  const stream = await findStreamLimits(tx, id);
  if (!stream) return 0;
  const after = stream.pruned_offset;
  const upTo = Math.min(stream.last_offset - events, after + batchSize);
  if (upTo <= after) return 0;
  const surplus = await findEntriesBetween(tx, stream, { after, upTo, limit: batchSize });
  await deleteEntriesWithEvents(
    tx,
    surplus.map((entry) => entry.id),
    releasePacked,
  );
  const last = surplus.at(-1);
  if (last) await setPruned(tx, last);
  return surplus.length;
}
