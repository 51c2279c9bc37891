/** Finds the position in a stream by time, for clients that know no offset of it. */
import { type RawBuilder, sql } from 'kysely';
import type { Sql } from '../db/db.ts';
import { preparedQuery } from '../db/prepared-query.ts';
import { chainWith } from './chain.ts';
import type { StreamHead } from './read.ts';
import { shortTransactionMs } from './store-append.ts';

/** How far the clock of a client or node may differ from the clock that gave an event its time, in milliseconds. */
export const clockSkewMs = 2000;
/**
 * Most milliseconds from the time of an event to the end of its commit. A query times out after 30 s (db/postgres/pool.ts);
 * twice that leaves time for a commit that the database finishes after the time-out.
 */
const longestCommitMs = 60_000;

interface TimedEntry {
  offset: number;
  created_at: number;
}

/** A power of two that is larger than the number of marks in any stream: the width of the first step of the search. */
const widestStep = 2 ** 20;

/**
 * Up to 65 entries around a time, in order. The first is older than the time or is the first that is not pruned; the last is not
 * older or is the newest. A binary search among the entries in the index `stream_marks` finds the last older one in 21 probes,
 * whatever the length of the stream.
 */
const entriesAround = preparedQuery(
  (_q, place: { stream: string; since: number }, db) =>
    sql<TimedEntry>`with recursive search (stream_id, newest_id, mark, step) as (
        select id, last_entry_id, pruned_offset / 64, cast(${sql.lit(widestStep)} as bigint) from streams where name = ${place.stream}
        union all
        select stream_id, newest_id, case when (select created_at from events
            where id = ${markAt(sql`search.mark + search.step`, 'event_id')}) < ${place.since} then mark + step else mark end, step / 2
          from search where step > 0),
      found as (select stream_id, newest_id, mark from search where step = 0),
      chain (id, stream_offset, event_id, previous_id) as (
        select entry.id, stream_offset, event_id, previous_id
          from (select coalesce(${markAt(sql`search.mark + 1`, 'id')}, newest_id) as id from found as search) as start
          cross join stream_entries as entry where entry.id = start.id
        union all
        select entry.id, entry.stream_offset, entry.event_id, entry.previous_id
          from ${chainWith(db, 'stream_entries', 'previous_id', 'entry')}
          where entry.stream_offset >= (select mark * 64 from found))
      select stream_offset as "offset", created_at from ${chainWith(db, 'events', 'event_id', 'event')} order by stream_offset`,
);

/** A column of the entry with offset 64 times `mark` in the searched stream; null when there is none. */
const markAt = (mark: RawBuilder<unknown>, column: 'id' | 'event_id') =>
  sql`(select ${sql.raw(column)} from stream_entries
    where stream_entries.stream_id = search.stream_id and stream_offset % 64 = 0 and stream_offset = (${mark}) * 64)`;

interface SinceQuery {
  stream: string;
  head: StreamHead;
  /** In milliseconds. */
  since: number;
}

/**
 * The offset after which all entries are that were committed at or after `since`. An event has the time at which its transaction
 * got the lock of the stream's row, and the commit may end much later, but the next event of the stream comes after that end.
 * So it is enough to go back by the events of one transaction, the last that began before `since`.
 * @returns undefined when entries that were committed since then may be pruned
 */
export async function positionSince(
  db: Sql,
  { stream, head, since }: SinceQuery,
): Promise<number | undefined> {
  const from = Math.floor(since - clockSkewMs - shortTransactionMs);
  const isPrunedSince = (time: number) => head.pruned > 0 && head.prunedAt >= time;
  if (isPrunedSince(from)) return undefined;
  const before = await entryBefore(db, { stream, head, since: from });
  if (before.created_at < from - longestCommitMs) return before.offset;
  if (isPrunedSince(before.created_at)) return undefined;
  return (await entryBefore(db, { stream, head, since: before.created_at })).offset;
}

/** The last entry that is older than `since`. Pruned entries count as older. */
async function entryBefore(db: Sql, { stream, head, since }: SinceQuery): Promise<TimedEntry> {
  const entries = await db.all(entriesAround(db, { stream, since }));
  const next = entries.findIndex(({ created_at }) => created_at >= since);
  const before = next < 0 ? entries.at(-1) : entries[next - 1];
  if (before) return before;
  const first = entries[0];
  return { offset: first ? first.offset - 1 : head.last, created_at: head.prunedAt };
}
