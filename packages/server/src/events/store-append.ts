/**
 * Appends the events of a transaction to the log: one row per event, and one entry per event and stream. `emit.ts` collects
 * them, `read.ts` reads the log.
 */
import { sql } from 'kysely';
import type { LogEntry, Tx } from '../db/db.ts';
import { isAnyTextOf, listValue } from '../db/dialect.ts';
import { takeIds } from '../db/new-ids.ts';
import { preparedQuery } from '../db/prepared-query.ts';
import type { EventRow, StreamEntryRow, StreamRow } from '../db/tables.ts';
import type { Recorded } from './bus.ts';

/**
 * On PostgreSQL a transaction may last this many milliseconds without a correction of its events' time. A correction for every
 * transaction would change the order of events in different streams.
 */
export const shortTransactionMs = 1000;

/** An event to append to one stream. */
interface NewEntry {
  stream: string;
  logEntry: LogEntry;
  /** Index of `logEntry` in the transaction. */
  place: number;
  /** 1 for the first entry of this transaction in its stream. */
  nth: number;
}

interface NewEntries {
  /** In the order of the events. */
  entries: readonly NewEntry[];
  /** Number of entries by stream. */
  counts: ReadonlyMap<string, number>;
}

/**
 * Writes the collected events with their offsets. Called last in a transaction, so that the rows of the streams are locked for a
 * short time. An event has the time at which its transaction got the lock of its stream's row, or up to `shortTransactionMs`
 * before. Hence it is not older than the commit of the event before it in the stream, on which `positionSince` relies.
 * @param now the time of the call, in milliseconds
 */
export async function appendEmissions(tx: Tx, now: number): Promise<Recorded[]> {
  if (!tx.logEntries.length) return [];
  const added = toNewEntries(tx.logEntries);
  const append = tx.dialect === 'postgres' ? appendOnPostgres : appendOnSqlite;
  const offsetsBefore = await append(tx, added, now);
  return added.entries.map(({ stream, nth, logEntry: { event, payload } }) => {
    const offset = (offsetsBefore.get(stream) ?? lacksRow(stream)) + nth;
    return { stream, offset, event, payload };
  });
}

function toNewEntries(logEntries: readonly LogEntry[]): NewEntries {
  const counts = new Map<string, number>();
  const entries: NewEntry[] = [];
  for (const [place, logEntry] of logEntries.entries())
    for (const stream of logEntry.streams) {
      const nth = (counts.get(stream) ?? 0) + 1;
      counts.set(stream, nth);
      entries.push({ stream, logEntry, place, nth });
    }
  return { entries, counts };
}

function lacksRow(stream: string): never {
  throw new Error(`The stream ${stream} has no row`);
}

type StreamEnd = Pick<StreamRow, 'id' | 'name' | 'last_offset' | 'last_entry_id'>;

const streamsByName = preparedQuery((q, place: { names: unknown }, db) =>
  q
    .selectFrom('streams')
    .select(['id', 'name', 'last_offset', 'last_entry_id'])
    .where(isAnyTextOf(db, 'name', place.names)),
);

/** SQLite has one writer, so the offsets are computed here. @returns the last offset before this transaction, by stream */
async function appendOnSqlite(
  tx: Tx,
  { entries, counts }: NewEntries,
  now: number,
): Promise<Map<string, number>> {
  const names = [...counts.keys()];
  const known: StreamEnd[] = await tx.all(streamsByName(tx, { names: listValue(tx, names) }));
  const ends = new Map(known.map((stream) => [stream.name, stream]));
  const created = await newStreams(
    tx,
    names.filter((name) => !ends.has(name)),
  );
  for (const stream of created) ends.set(stream.name, stream);
  const offsetsBefore = new Map([...ends.values()].map(({ name, last_offset }) => [name, last_offset]));
  const nextEventId = await takeIds(tx, 'events', tx.logEntries.length);
  const nextEntryId = await takeIds(tx, 'stream_entries', entries.length);
  const events: Omit<EventRow, 'pack_id'>[] = [];
  const rows: StreamEntryRow[] = [];
  for (const { streams, event, payload } of tx.logEntries) {
    const event_id = nextEventId();
    events.push({ id: event_id, event, entries: streams.length, created_at: now, payload });
    for (const stream of streams) {
      const end = ends.get(stream) ?? lacksRow(stream);
      const id = nextEntryId();
      const previous_id = end.last_entry_id;
      end.last_offset++;
      end.last_entry_id = id;
      rows.push({ id, stream_id: end.id, stream_offset: end.last_offset, previous_id, event_id });
    }
  }
  await tx.insertMany('events', events);
  await tx.insertMany('stream_entries', rows);
  await tx.updateMany('streams', known, ['last_offset', 'last_entry_id']);
  await tx.insertMany('streams', created);
  return offsetsBefore;
}

async function newStreams(tx: Tx, names: readonly string[]): Promise<StreamRow[]> {
  if (!names.length) return [];
  const nextId = await takeIds(tx, 'streams', names.length);
  return names.map((name) => ({
    id: nextId(),
    name,
    last_offset: 0,
    last_entry_id: 0,
    pruned_offset: 0,
    pruned_at: 0,
  }));
}

/**
 * On PostgreSQL one statement moves the streams and writes the events, so that the commit can be sent right behind it and the
 * streams' rows, which every writer of an account needs, are locked for one round trip. They are locked in the order of their
 * names: two writers cannot deadlock. Lists are sent as joined text, which the driver need not escape; no JSON text contains the
 * control character between two payloads. A transaction that waited long for a lock gives its events the time at which it got
 * the lock: `now`, and what the transaction has lasted beyond `shortTransactionMs`.
 * @returns the last offset before this transaction, by stream
 */
async function appendOnPostgres(
  tx: Tx,
  { entries, counts }: NewEntries,
  now: number,
): Promise<Map<string, number>> {
  const names = [...counts.keys()].sort();
  const numbers = new Map(names.map((name, index) => [name, index + 1]));
  const rows = await tx.all(
    sql<{ name: string; before: number }>`with step as (
        select * from unnest(string_to_array(${names.join()}, ','), string_to_array(${names.map((name) => counts.get(name)).join()}, ',')::bigint[])
          with ordinality as t (name, count, stream)),
      entry as (
        select nextval('stream_entries_id_seq') as id, t.*
        from unnest(string_to_array(${entries.map(({ stream }) => numbers.get(stream)).join()}, ',')::bigint[],
          string_to_array(${entries.map(({ nth }) => nth).join()}, ',')::bigint[],
          string_to_array(${entries.map(({ place }) => place).join()}, ',')::bigint[]) as t (stream, nth, place)),
      moved as (
        insert into streams (id, name, last_offset, pruned_offset, last_entry_id)
        select coalesce((select id from streams as known where known.name = step.name), nextval('streams_id_seq')), name, count, 0, entry.id
        from step join entry on entry.stream = step.stream and entry.nth = step.count order by name
        on conflict (name) do update set last_offset = streams.last_offset + excluded.last_offset,
          before_entry_id = streams.last_entry_id, last_entry_id = excluded.last_entry_id
        returning id, name, last_offset, before_entry_id),
      added as (
        insert into events (id, event, entries, created_at, payload)
        select nextval('events_id_seq'), event, entries,
          ${now} + (select greatest(0, max(extract(epoch from clock_timestamp() - transaction_timestamp()) * 1000) - ${sql.lit(shortTransactionMs)}) from moved)::bigint, payload
        from unnest(string_to_array(${tx.logEntries.map(({ event }) => event).join()}, ','), string_to_array(${tx.logEntries.map(({ streams }) => streams.length).join()}, ',')::bigint[],
          string_to_array(${tx.logEntries.map(({ payload }) => payload).join('\x01')}, E'\\x01')) as t (event, entries, payload)
        returning id),
      numbered as (select id, row_number() over (order by id) - 1 as place from added),
      written as (
        insert into stream_entries (id, stream_id, stream_offset, previous_id, event_id)
        select entry.id, moved.id, moved.last_offset - step.count + entry.nth,
          coalesce(lag(entry.id) over (partition by entry.stream order by entry.nth), moved.before_entry_id), numbered.id
        from entry join step using (stream) join moved using (name) join numbered using (place))
      select name, last_offset - count as before from moved join step using (name)`,
  );
  return new Map(rows.map(({ name, before }) => [name, before]));
}
