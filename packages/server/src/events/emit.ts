/**
 * Events enter the log here, in the transaction that caused them. Payloads are made by the noun that owns them, once
 * per audience; this room never looks inside.
 */
import { sql } from 'kysely';
import type { Emission, Tx } from '../db/db.ts';
import { isAnyTextOf, listFor } from '../db/dialect.ts';
import { statement } from '../db/statement.ts';
import type { EventRow } from '../db/tables.ts';
import type { Recorded } from './bus.ts';

/** Names of streams (design.md section 6). */
export const streamOf = {
  session: (contactInboxId: number) => `session:${contactInboxId}`,
  inbox: (inboxId: number) => `inbox:${inboxId}`,
  account: (accountId: number) => `account:${accountId}`,
  user: (userId: number) => `user:${userId}`,
  /** A user within one account: what it tells is not for whoever listens for another. */
  member: (accountId: number, userId: number) => `member:${accountId}:${userId}`,
};

/** One audience of an event: the streams it goes to and what they are told. */
export interface Audience {
  streams: readonly string[];
  data: object;
}

/** Appends `event` to the log of every stream of every audience when `tx` commits. An audience without streams costs nothing. */
export function emit(tx: Tx, event: string, audiences: readonly Audience[]): void {
  for (const { streams, data } of audiences) {
    if (!streams.length) continue;
    const payload = JSON.stringify({ event, data });
    for (const stream of streams) tx.emissions.push({ stream, event, payload });
  }
}

/** Writes the gathered events with their offsets. Called last in a transaction, so that stream rows are locked shortly. */
export async function appendEmissions(tx: Tx, now: number): Promise<Recorded[]> {
  if (!tx.emissions.length) return [];
  const counts = new Map<string, number>();
  for (const { stream } of tx.emissions) counts.set(stream, (counts.get(stream) ?? 0) + 1);
  if (tx.dialect === 'postgres') return number(tx.emissions, counts, await appendAtOnce(tx, counts, now));
  const streams = await advance(tx, counts);
  const lastOffsets = new Map([...streams].map(([name, { last_offset }]) => [name, last_offset]));
  const recorded = number(tx.emissions, counts, lastOffsets);
  const rows = recorded.map(
    ({ stream, offset, event, payload }): EventRow => ({
      stream_id: (streams.get(stream) as Moved).id,
      stream_offset: offset,
      event,
      payload,
      created_at: now,
    }),
  );
  await tx.insertMany('events', rows);
  return recorded;
}

/** Gives each event its offset: the last of a stream has the last offset. */
function number(
  emissions: readonly Emission[],
  counts: ReadonlyMap<string, number>,
  lastOffsets: ReadonlyMap<string, number>,
): Recorded[] {
  const next = new Map(
    [...counts].map(([name, count]) => [name, (lastOffsets.get(name) as number) - count + 1]),
  );
  return emissions.map(({ stream, event, payload }) => {
    const offset = next.get(stream) as number;
    next.set(stream, offset + 1);
    return { stream, offset, event, payload };
  });
}

interface Moved {
  id: number;
  name: string;
  last_offset: number;
}

const streamsByName = statement((q, place: { names: unknown }, db) =>
  q
    .selectFrom('streams')
    .select(['id', 'name', 'last_offset'])
    .where(isAnyTextOf(db, 'name', place.names)),
);

/** Moves each stream by its number of events. On SQLite, where there is one writer. */
async function advance(tx: Tx, counts: ReadonlyMap<string, number>): Promise<Map<string, Moved>> {
  const names = [...counts.keys()];
  const known = (await tx.all(streamsByName(tx, { names: listFor(tx, names) }))) as Moved[];
  const moved = new Map<string, Moved>();
  for (const { id, name, last_offset } of known)
    moved.set(name, { id, name, last_offset: last_offset + (counts.get(name) as number) });
  await tx.updateMany('streams', [...moved.values()], ['last_offset']);
  const unknown = names.filter((name) => !moved.has(name));
  const ids = unknown.length ? await tx.nextIds('streams', unknown.length) : [];
  const created = unknown.map((name, index) => ({
    id: ids[index] as number,
    name,
    last_offset: counts.get(name) as number,
    pruned_offset: 0,
  }));
  await tx.insertMany('streams', created);
  for (const stream of created) moved.set(stream.name, stream);
  return moved;
}

/**
 * On PostgreSQL: moves the streams and writes the events in one statement, so that the commit can be sent right behind it
 * and the rows that every writer of an account needs are locked for one way to the database. They are locked in a fixed
 * order: two writers cannot deadlock. Lists travel as joined text, which the driver need not escape; a payload is sent once
 * for all its streams, and no JSON text holds the control character between two of them.
 * @returns the last offset by stream
 */
async function appendAtOnce(
  tx: Tx,
  counts: ReadonlyMap<string, number>,
  now: number,
): Promise<Map<string, number>> {
  const names = [...counts.keys()].sort();
  const places = new Map(names.map((name, index) => [name, index + 1]));
  const following = new Map(counts);
  const payloads = new Map<string, number>();
  const entries = tx.emissions.map(({ stream, event, payload }) => {
    const behind = (following.get(stream) as number) - 1;
    following.set(stream, behind);
    if (!payloads.has(payload)) payloads.set(payload, payloads.size + 1);
    return { stream: places.get(stream), behind, event, payload: payloads.get(payload) };
  });
  const list = (of: keyof (typeof entries)[number]) => entries.map((entry) => entry[of]).join();
  const rows = await tx.all(
    sql<{ name: string; last_offset: number }>`with step as (
        select * from unnest(string_to_array(${names.join()}, ','), string_to_array(${names.map((name) => counts.get(name)).join()}, ',')::bigint[])
          with ordinality as t (name, count, place)),
      moved as (
        insert into streams (id, name, last_offset, pruned_offset)
        select coalesce((select id from streams as known where known.name = step.name), nextval('streams_id_seq')), name, count, 0
        from step order by name
        on conflict (name) do update set last_offset = streams.last_offset + excluded.last_offset
        returning id, name, last_offset),
      entry as (
        select * from unnest(string_to_array(${list('stream')}, ',')::bigint[], string_to_array(${list('behind')}, ',')::bigint[],
          string_to_array(${list('event')}, ','), string_to_array(${list('payload')}, ',')::bigint[]) as t (place, behind, event, number)),
      written as (
        insert into events (stream_id, stream_offset, event, payload, created_at)
        select moved.id, moved.last_offset - entry.behind, entry.event, texts.payload, ${now}
        from entry join step using (place) join moved using (name)
        join unnest(string_to_array(${[...payloads.keys()].join('\x01')}, E'\\x01')) with ordinality as texts (payload, number) using (number))
      select name, last_offset from moved`,
  );
  return new Map(rows.map(({ name, last_offset }) => [name, last_offset]));
}
