/** Reading the log: what came after a position of one stream, and where streams stand. */
import type { Sql } from '../db/db.ts';
import { isAnyTextOf } from '../db/dialect.ts';
import { statement } from '../db/statement.ts';

/** An entry of the log. `created_at` is in milliseconds. */
export interface LogEntry {
  offset: number;
  event: string;
  payload: string;
  created_at: number;
}

/** Where a stream stands: entries `pruned + 1 ..= last` can be read. A stream that never had an event is 0, 0. */
export interface StreamHead {
  last: number;
  pruned: number;
}

const entriesAfter = statement((q, place: { stream: string; offset: number; limit: number }) =>
  q
    .selectFrom('events')
    .innerJoin('streams', 'streams.id', 'events.stream_id')
    .select(['stream_offset as offset', 'event', 'payload', 'created_at'])
    .where('streams.name', '=', place.stream)
    .where('stream_offset', '>', place.offset)
    .orderBy('stream_offset')
    .limit(place.limit),
);

const firstSince = statement((q, place: { stream: string; since: number }) =>
  q
    .selectFrom('events')
    .innerJoin('streams', 'streams.id', 'events.stream_id')
    .select('stream_offset as offset')
    .where('streams.name', '=', place.stream)
    .where('created_at', '>=', place.since)
    .orderBy('stream_offset')
    .limit(1),
);

/** Up to `limit` entries with an offset greater than `offset`, in order. */
export function readAfter(db: Sql, stream: string, offset: number, limit: number): Promise<LogEntry[]> {
  return db.all(entriesAfter(db, { stream, offset, limit }));
}

/** The offset just before the first entry made at or after `since` (milliseconds); undefined when there is none. */
export async function positionSince(db: Sql, stream: string, since: number): Promise<number | undefined> {
  const first = await db.get(firstSince(db, { stream, since }));
  return first && first.offset - 1;
}

/** Heads of many streams at once; absent ones are 0, 0. */
export async function readHeads(db: Sql, streams: readonly string[]): Promise<Map<string, StreamHead>> {
  const heads = new Map(streams.map((name): [string, StreamHead] => [name, { last: 0, pruned: 0 }]));
  if (!streams.length) return heads;
  const rows = await db.all(
    db.q
      .selectFrom('streams')
      .select(['name', 'last_offset', 'pruned_offset'])
      .where(isAnyTextOf(db, 'name', streams)),
  );
  for (const row of rows) heads.set(row.name, { last: row.last_offset, pruned: row.pruned_offset });
  return heads;
}
