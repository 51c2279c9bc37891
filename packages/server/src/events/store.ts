/** SQL that prunes, rewrites and packs the log, for `prune.ts`, `rewrite.ts` and `pack.ts`. `store-append.ts` adds to the log, `read.ts` reads it. */
import { sql } from 'kysely';
import type { Sql, Tx } from '../db/db.ts';
import { escapeLike, isAnyOf, isAnyTextOf, isLike } from '../db/dialect.ts';
import { erasePacked, findLastPacked, maxPackRows, readWithPayloads, releasePacked } from '../db/packs.ts';
import type { EventRow, StreamRow } from '../db/tables.ts';
import { chainOf, chainWith } from './chain.ts';

export type StreamLimits = Pick<StreamRow, 'id' | 'last_offset' | 'pruned_offset'>;

/** An entry of a stream with the time of its event, in milliseconds. */
export interface TimedEntry {
  id: number;
  stream_id: number;
  stream_offset: number;
  created_at: number;
}

/** Up to `limit` streams with a greater id, by id: no index orders streams by their length, which every event changes. */
export const listStreams = (db: Sql, after: number, limit: number): Promise<StreamLimits[]> =>
  db.all(
    db.q
      .selectFrom('streams')
      .select(['id', 'last_offset', 'pruned_offset'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(limit),
  );

export const findStreamLimits = (tx: Tx, id: number): Promise<StreamLimits | undefined> =>
  tx.get(tx.q.selectFrom('streams').select(['id', 'last_offset', 'pruned_offset']).where('id', '=', id));

/** Of the first `limit` entries of the log, those whose event is older than `before`, in milliseconds. Entries are in the order of time. */
export async function findOldEntries(tx: Tx, before: number, limit: number): Promise<TimedEntry[]> {
  const first = await tx.all(
    tx.q
      .selectFrom('stream_entries')
      .select(['id', 'stream_id', 'stream_offset', 'event_id'])
      .orderBy('id')
      .limit(limit),
  );
  const eventIds = first.map(({ event_id }) => event_id);
  const events = await tx.all(
    tx.q
      .selectFrom('events')
      .select(['id', 'created_at'])
      .where(isAnyOf(tx, 'id', eventIds))
      .where('created_at', '<', before),
  );
  const times = new Map(events.map(({ id, created_at }) => [id, created_at]));
  return first.flatMap(({ event_id, ...entry }) => {
    const created_at = times.get(event_id);
    return created_at === undefined ? [] : [{ created_at, ...entry }];
  });
}

/** Up to `limit` entries of a stream after an offset, up to another, in order. */
export const findEntriesBetween = (
  tx: Tx,
  stream: Pick<StreamRow, 'id'>,
  { after, upTo, limit }: { after: number; upTo: number; limit: number },
): Promise<TimedEntry[]> =>
  tx.all(
    sql<TimedEntry>`with recursive ${chainOf(tx, { streams: sql<boolean>`id = ${stream.id}`, after, count: limit })}
      select chain.id, ${sql.lit(stream.id)} as stream_id, stream_offset, created_at
      from ${chainWith(tx, 'events', 'event_id', 'event')}
      where stream_offset <= ${upTo} order by stream_offset`,
  );

/** Ids of all entries of a stream. */
export async function findEntryIds(tx: Tx, stream: string): Promise<number[]> {
  const streams = isAnyTextOf(tx, 'name', [stream]);
  const entries = await tx.all(
    sql<{ id: number }>`with recursive ${chainOf(tx, { streams, after: 0 })} select id from chain`,
  );
  return entries.map(({ id }) => id);
}

/** Moves the beginning of the entry's stream behind the entry, which is pruned. */
export const setPruned = (tx: Tx, { stream_id, stream_offset, created_at }: TimedEntry): Promise<number> =>
  tx.run(
    tx.q
      .updateTable('streams')
      .set({ pruned_offset: stream_offset, pruned_at: created_at })
      .where('id', '=', stream_id)
      .where('pruned_offset', '<', stream_offset),
  );

/** Moves the beginning of a stream behind its last entry. */
export const setAllPruned = (tx: Tx, stream: string): Promise<number> =>
  tx.run(
    tx.q.updateTable('streams').set({ pruned_offset: sql<number>`last_offset` }).where('name', '=', stream),
  );

/** Deletes entries whose events stay until `deleteOldEvents` deletes them. */
export const deleteEntries = (tx: Tx, ids: readonly number[]): Promise<number> =>
  tx.run(tx.q.deleteFrom('stream_entries').where(isAnyOf(tx, 'id', ids)));

/**
 * Deletes entries of one stream, and their events unless another stream has an entry of them.
 * @param forget `releasePacked` or, when no trace of the events may remain, `erasePacked`
 */
export async function deleteEntriesWithEvents(
  tx: Tx,
  ids: readonly number[],
  forget: typeof releasePacked | typeof erasePacked,
): Promise<void> {
  const entries = await tx.all(
    tx.q
      .selectFrom('stream_entries')
      .select('event_id')
      .where(isAnyOf(tx, 'id', ids)),
  );
  const eventIds = entries.map(({ event_id }) => event_id);
  const isEvent = isAnyOf(tx, 'id', eventIds);
  const lastEntries = tx.q.deleteFrom('events').where(isEvent).where('entries', '=', 1);
  await forget(tx, await tx.all(lastEntries.returning(['id', 'pack_id'])));
  await tx.run(tx.q.updateTable('events').set({ entries: sql<number>`entries - 1` }).where(isEvent));
  await deleteEntries(tx, ids);
}

/** Deletes up to `limit` of the first events that are older than `before`, in milliseconds. @returns how many */
export async function deleteOldEvents(tx: Tx, before: number, limit: number): Promise<number> {
  const first = await tx.all(
    tx.q.selectFrom('events').select(['id', 'created_at', 'pack_id']).orderBy('id').limit(limit),
  );
  const old = first.filter(({ created_at }) => created_at < before);
  if (!old.length) return 0;
  const isOld = isAnyOf(
    tx,
    'id',
    old.map(({ id }) => id),
  );
  await tx.run(tx.q.deleteFrom('events').where(isOld));
  await releasePacked(tx, old);
  return old.length;
}

export type StoredEvent = Pick<EventRow, 'id' | 'event' | 'payload' | 'pack_id'>;

/** Events in these streams whose payload contains one of the texts, in whatever case, and all events of these streams in packs. */
export function findEventsWithText(
  db: Sql,
  { streams, texts }: { streams: readonly string[]; texts: readonly string[] },
): Promise<StoredEvent[]> {
  const hasText = texts.map((text) => isLike(db, sql.ref('payload'), `%${escapeLike(text)}%`));
  const read = () =>
    db.all(
      sql<StoredEvent>`with recursive ${chainOf(db, { streams: isAnyTextOf(db, 'name', streams), after: 0 })}
      select event.id, event.event, event.payload, event.pack_id from ${chainWith(db, 'events', 'event_id', 'event')}
      where pack_id is not null or ${sql.join(hasText, sql` or `)}`,
    );
  return readWithPayloads(db, read);
}

/** Gives these events another name and payload, and erases the former payload. */
export async function updateEvents(
  tx: Tx,
  events: readonly Pick<EventRow, 'id' | 'pack_id'>[],
  { event, payload }: Pick<EventRow, 'event' | 'payload'>,
): Promise<void> {
  const ids = events.map(({ id }) => id);
  await tx.run(
    tx.q
      .updateTable('events')
      .set({ event, payload, pack_id: null })
      .where(isAnyOf(tx, 'id', ids)),
  );
  await erasePacked(tx, events);
}

/** The events after the last one that is in a pack, in order, as many as a pack may have. */
export async function listUnpacked(db: Sql): Promise<Pick<EventRow, 'id' | 'payload' | 'created_at'>[]> {
  const after = await findLastPacked(db, 'events');
  return db.all(
    db.q
      .selectFrom('events')
      .select(['id', 'payload', 'created_at'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(maxPackRows),
  );
}
