/** Reads the log: the entries after a position of one stream, and the first and last positions of streams. */
import { sql } from 'kysely';
import type { Sql } from '../db/db.ts';
import { isAnyTextOf } from '../db/dialect.ts';
import { type PackableRow, readWithPayloads } from '../db/packs.ts';
import { preparedQuery } from '../db/prepared-query.ts';
import { chainOf, chainWith } from './chain.ts';

/** An entry of the log. `created_at` is in milliseconds. */
export interface LogEntry {
  offset: number;
  /** Grows with each event of the log, whatever its stream. */
  event_id: number;
  event: string;
  payload: string;
  created_at: number;
}

/** The entries `pruned + 1` to `last` of the stream can be read. All is 0 for a stream that never had an event. */
export interface StreamHead {
  last: number;
  pruned: number;
  /** The time of the newest pruned entry, in milliseconds; 0 when nothing was pruned or the time is not known. */
  prunedAt: number;
}

const isNamed = (stream: string) => sql<boolean>`name = ${stream}`;

/** `id` is that of the event. */
type PackableEntry = Omit<LogEntry, 'event_id'> & PackableRow;

const entriesAfter = preparedQuery(
  (_q, place: { stream: string; offset: number; limit: number }, db) =>
    sql<PackableEntry>`with recursive ${chainOf(db, { streams: isNamed(place.stream), after: place.offset, count: place.limit })}
      select stream_offset as offset, event.id, event.event, payload, pack_id, created_at
      from ${chainWith(db, 'events', 'event_id', 'event')} order by stream_offset limit ${place.limit}`,
);

/** Up to `limit` entries with an offset greater than `offset`, in order. */
export async function readAfter(db: Sql, stream: string, offset: number, limit: number): Promise<LogEntry[]> {
  const rows = await readWithPayloads(db, () => db.all(entriesAfter(db, { stream, offset, limit })));
  return rows.map((row) => ({
    offset: row.offset,
    event_id: row.id,
    event: row.event,
    payload: row.payload,
    created_at: row.created_at,
  }));
}

const emptyHead: StreamHead = { last: 0, pruned: 0, prunedAt: 0 };

/** Heads of many streams at once. */
export async function readHeads(db: Sql, streams: readonly string[]): Promise<Map<string, StreamHead>> {
  const heads = new Map(streams.map((name): [string, StreamHead] => [name, emptyHead]));
  if (!streams.length) return heads;
  const rows = await db.all(
    db.q
      .selectFrom('streams')
      .select(['name', 'last_offset', 'pruned_offset', 'pruned_at'])
      .where(isAnyTextOf(db, 'name', streams)),
  );
  for (const { name, last_offset: last, pruned_offset: pruned, pruned_at: prunedAt } of rows)
    heads.set(name, { last, pruned, prunedAt });
  return heads;
}
