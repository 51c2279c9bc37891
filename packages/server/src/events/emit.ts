/**
 * Events enter the log here, in the transaction that caused them. Payloads are made by the noun that owns them, once
 * per audience; this room never looks inside.
 */
import { sql } from 'kysely';
import type { LogEntry, Tx } from '../db/db.ts';
import { isAnyTextOf, listValue } from '../db/dialect.ts';
import { preparedQuery } from '../db/prepared-query.ts';
import type { EventRow, StreamEntryRow, StreamRow } from '../db/tables.ts';
import type { Recorded } from './bus.ts';

/** Names of streams (decisions.md 6). */
export const streamOf = {
  session: (contactInboxId: number) => `session:${contactInboxId}`,
  inbox: (inboxId: number) => `inbox:${inboxId}`,
  account: (accountId: number) => `account:${accountId}`,
  user: (userId: number) => `user:${userId}`,
  /** A user within one account: what it tells is not for whoever listens for another. */
  member: (accountId: number, userId: number) => `member:${accountId}:${userId}`,
};

/**
 * Milliseconds that a transaction may last on PostgreSQL without a change to the time of its events: a correction for each one would
 * turn the order of events in different streams.
 */
export const shortTransactionMs = 1000;

/** One audience of an event: the streams it goes to and what they are told. */
export interface Audience {
  streams: readonly string[];
  data: object;
}

/** Appends `event` to the log of every stream of every audience when `tx` commits. An audience without streams costs nothing. */
export function emit(tx: Tx, event: string, audiences: readonly Audience[]): void {
  for (const { streams, data } of audiences) {
    if (streams.length) tx.logEntries.push({ streams, event, payload: JSON.stringify({ event, data }) });
  }
}

/**
 * Writes the gathered events with their offsets. Called last in a transaction, so that stream rows are locked shortly.
 * The time of an event is that at which its transaction got the stream's row lock, at most `shortTransactionMs` too early. So it is
 * not before the commit of the event that precedes it in the stream: `positionSince` relies on that.
 * @param now the time at which it is called, in milliseconds
 */
export async function appendEmissions(tx: Tx, now: number): Promise<Recorded[]> {
  if (!tx.logEntries.length) return [];
  const entries = tx.logEntries.flatMap(({ streams }, place) => streams.map((stream) => ({ stream, place })));
  const counts = new Map<string, number>();
  for (const { stream } of entries) counts.set(stream, (counts.get(stream) ?? 0) + 1);
  const append = tx.dialect === 'postgres' ? appendAtOnce : appendInTurn;
  const next = await append(tx, { entries, counts }, now);
  return entries.map(({ stream, place }) => {
    const { event, payload } = tx.logEntries[place] as LogEntry;
    const offset = next.get(stream) as number;
    next.set(stream, offset + 1);
    return { stream, offset, event, payload };
  });
}

/** What a transaction appends: an entry for each stream of each emission, which is named by its place. */
interface Appending {
  entries: readonly { stream: string; place: number }[];
  /** Entries by stream. */
  counts: ReadonlyMap<string, number>;
}

type Head = Pick<StreamRow, 'id' | 'name' | 'last_offset' | 'last_entry_id'>;

const headsByName = preparedQuery((q, place: { names: unknown }, db) =>
  q
    .selectFrom('streams')
    .select(['id', 'name', 'last_offset', 'last_entry_id'])
    .where(isAnyTextOf(db, 'name', place.names)),
);

/** On SQLite, where there is one writer. @returns the first new offset by stream */
async function appendInTurn(
  tx: Tx,
  { entries, counts }: Appending,
  now: number,
): Promise<Map<string, number>> {
  const names = [...counts.keys()];
  const known: Head[] = await tx.all(headsByName(tx, { names: listValue(tx, names) }));
  const heads = new Map(known.map((head) => [head.name, head]));
  const created = names.filter((name) => !heads.has(name));
  const streamIds = created.length ? await tx.nextIds('streams', created.length) : [];
  for (const [index, name] of created.entries())
    heads.set(name, { id: streamIds[index] as number, name, last_offset: 0, last_entry_id: 0 });
  const first = new Map(names.map((name) => [name, (heads.get(name) as Head).last_offset + 1]));
  const eventIds = await tx.nextIds('events', tx.logEntries.length);
  const entryIds = await tx.nextIds('stream_entries', entries.length);
  const rows = entries.map(({ stream, place }, index): StreamEntryRow => {
    const head = heads.get(stream) as Head;
    const previous_id = head.last_entry_id;
    const id = entryIds[index] as number;
    head.last_offset++;
    head.last_entry_id = id;
    const event_id = eventIds[place] as number;
    return { id, stream_id: head.id, stream_offset: head.last_offset, previous_id, event_id };
  });
  const events = tx.logEntries.map(
    ({ streams, event, payload }, place): EventRow => ({
      id: eventIds[place] as number,
      event,
      entries: streams.length,
      created_at: now,
      payload,
    }),
  );
  await tx.insertMany('events', events);
  await tx.insertMany('stream_entries', rows);
  await tx.updateMany('streams', known, ['last_offset', 'last_entry_id']);
  await tx.insertMany(
    'streams',
    created.map((name): StreamRow => ({ ...(heads.get(name) as Head), pruned_offset: 0, pruned_at: 0 })),
  );
  return first;
}

/**
 * On PostgreSQL: moves the streams and writes the events in one statement, so that the commit can be sent right behind it
 * and the rows that every writer of an account needs are locked for one way to the database. They are locked in a fixed
 * order: two writers cannot deadlock. Lists travel as joined text, which the driver need not escape; no JSON text holds the
 * control character between two payloads. A transaction that waited long for a row lock gives its events the time at which it got
 * the lock: what it has lasted beyond `shortTransactionMs` is added to `now`.
 * @returns the first new offset by stream
 */
async function appendAtOnce(
  tx: Tx,
  { entries, counts }: Appending,
  now: number,
): Promise<Map<string, number>> {
  const names = [...counts.keys()].sort();
  const numbers = new Map(names.map((name, index) => [name, index + 1]));
  const left = new Map(counts);
  const lines = entries.map(({ stream, place }) => {
    const behind = (left.get(stream) as number) - 1;
    left.set(stream, behind);
    return { stream: numbers.get(stream), behind, place };
  });
  const list = (of: 'stream' | 'behind' | 'place') => lines.map((line) => line[of]).join();
  const rows = await tx.all(
    sql<{ name: string; first: number }>`with step as (
        select * from unnest(string_to_array(${names.join()}, ','), string_to_array(${names.map((name) => counts.get(name)).join()}, ',')::bigint[])
          with ordinality as t (name, count, stream)),
      entry as (
        select nextval('stream_entries_id_seq') as id, t.*
        from unnest(string_to_array(${list('stream')}, ',')::bigint[], string_to_array(${list('behind')}, ',')::bigint[],
          string_to_array(${list('place')}, ',')::bigint[]) as t (stream, behind, place)),
      moved as (
        insert into streams (id, name, last_offset, pruned_offset, last_entry_id)
        select coalesce((select id from streams as known where known.name = step.name), nextval('streams_id_seq')), name, count, 0, entry.id
        from step join entry on entry.stream = step.stream and entry.behind = 0 order by name
        on conflict (name) do update set last_offset = streams.last_offset + excluded.last_offset,
          before_entry_id = streams.last_entry_id, last_entry_id = excluded.last_entry_id
        returning id, name, last_offset, before_entry_id),
      told as (
        insert into events (id, event, entries, created_at, payload)
        select nextval('events_id_seq'), event, entries,
          ${now} + (select greatest(0, max(extract(epoch from clock_timestamp() - transaction_timestamp()) * 1000) - ${sql.lit(shortTransactionMs)}) from moved)::bigint, payload
        from unnest(string_to_array(${tx.logEntries.map(({ event }) => event).join()}, ','), string_to_array(${tx.logEntries.map(({ streams }) => streams.length).join()}, ',')::bigint[],
          string_to_array(${tx.logEntries.map(({ payload }) => payload).join('\x01')}, E'\\x01')) as t (event, entries, payload)
        returning id),
      numbered as (select id, row_number() over (order by id) - 1 as place from told),
      written as (
        insert into stream_entries (id, stream_id, stream_offset, previous_id, event_id)
        select entry.id, moved.id, moved.last_offset - entry.behind,
          coalesce(lag(entry.id) over (partition by entry.stream order by entry.behind desc), moved.before_entry_id), numbered.id
        from entry join step using (stream) join moved using (name) join numbered using (place))
      select name, last_offset - count + 1 as first from moved join step using (name)`,
  );
  return new Map(rows.map(({ name, first }) => [name, first]));
}
