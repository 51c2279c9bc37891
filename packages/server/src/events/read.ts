/** Reading the log: what came after a position of one stream, and where streams stand. */
import { sql } from 'kysely';
import type { Sql } from '../db/db.ts';
import { isAnyTextOf } from '../db/dialect.ts';
import { statement } from '../db/statement.ts';
import { chainOf, chainWith } from './chain.ts';

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

const isNamed = (stream: string) => sql<boolean>`name = ${stream}`;

const entriesAfter = statement(
  (_q, place: { stream: string; offset: number; limit: number }, db) =>
    sql<LogEntry>`with recursive ${chainOf(db, { streams: isNamed(place.stream), after: place.offset, count: place.limit })}
      select stream_offset as offset, event.event, payload, created_at
      from ${chainWith(db, 'events', 'event_id', 'event')} order by stream_offset limit ${place.limit}`,
);

const firstSince = statement(
  (_q, place: { stream: string; since: number }, db) =>
    sql<{ offset: number | null }>`with recursive ${chainOf(db, { streams: isNamed(place.stream), after: 0 })}
      select min(stream_offset) as offset
      from ${chainWith(db, 'events', 'event_id', 'event')} where created_at >= ${place.since}`,
);

/** Up to `limit` entries with an offset greater than `offset`, in order. */
export function readAfter(db: Sql, stream: string, offset: number, limit: number): Promise<LogEntry[]> {
  return db.all(entriesAfter(db, { stream, offset, limit }));
}

/** The offset just before the first entry made at or after `since` (milliseconds); undefined when there is none. */
export async function positionSince(db: Sql, stream: string, since: number): Promise<number | undefined> {
  const { offset } = (await db.get(firstSince(db, { stream, since }))) as { offset: number | null };
  return offset === null ? undefined : offset - 1;
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
