/**
 * Events enter the log here, in the transaction that caused them. Payloads are made by the noun that owns them, once
 * per audience; this room never looks inside.
 */
import { sql } from 'kysely';
import type { Emission, Tx } from '../db/db.ts';
import { statement } from '../db/statement.ts';
import type { EventRow } from '../db/tables.ts';
import type { Recorded } from './bus.ts';

/** Names of streams (design.md section 6). */
export const streamOf = {
  session: (contactInboxId: number) => `session:${contactInboxId}`,
  inbox: (inboxId: number) => `inbox:${inboxId}`,
  account: (accountId: number) => `account:${accountId}`,
  user: (userId: number) => `user:${userId}`,
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
  const streams = await advance(tx, counts);
  const rows: EventRow[] = [];
  const recorded = tx.emissions.map(({ stream, event, payload }: Emission): Recorded => {
    const row = streams.get(stream) as { id: number; next: number };
    const offset = row.next++;
    rows.push({ stream_id: row.id, stream_offset: offset, event, payload, created_at: now });
    return { stream, offset, event, payload };
  });
  await tx.insertMany('events', rows);
  return recorded;
}

/** Locks the stream rows in a fixed order, two writers cannot deadlock, and moves each by its number of events. */
async function advance(
  tx: Tx,
  counts: Map<string, number>,
): Promise<Map<string, { id: number; next: number }>> {
  const names = [...counts.keys()].sort();
  let rows = await moveStreams(tx, names, counts);
  if (rows.length < names.length) {
    await createStreams(
      tx,
      names.filter((name) => !rows.some((row) => row.name === name)),
    );
    const missing = names.filter((name) => !rows.some((row) => row.name === name));
    rows = [...rows, ...(await moveStreams(tx, missing, counts))];
  }
  return new Map(
    rows.map(({ id, name, last_offset }) => [name, { id, next: last_offset - (counts.get(name) ?? 0) + 1 }]),
  );
}

interface Moved {
  id: number;
  name: string;
  last_offset: number;
}

const moveStream = statement((q, place: { name: string; count: number }) =>
  q
    .updateTable('streams')
    .set({ last_offset: sql`last_offset + ${place.count}` })
    .where('name', '=', place.name)
    .returning(['id', 'name', 'last_offset']),
);

async function moveStreams(tx: Tx, names: string[], counts: Map<string, number>): Promise<Moved[]> {
  if (tx.dialect === 'sqlite') {
    const moved: Moved[] = [];
    for (const name of names) {
      const row = await tx.get(moveStream(tx, { name, count: counts.get(name) ?? 0 }));
      if (row) moved.push(row);
    }
    return moved;
  }
  return tx.all(
    sql<Moved>`with step as (select * from unnest(${names}::text[], ${names.map((name) => counts.get(name))}::bigint[]) as t (name, count)),
      locked as (select streams.id, streams.name from streams join step using (name) order by streams.name for update of streams)
      update streams set last_offset = last_offset + step.count from step, locked
      where streams.id = locked.id and step.name = locked.name returning streams.id, streams.name, last_offset`,
  );
}

async function createStreams(tx: Tx, names: string[]): Promise<void> {
  const ids = await tx.nextIds('streams', names.length);
  for (const [index, name] of names.entries()) {
    const row = { id: ids[index] as number, name, last_offset: 0, pruned_offset: 0 };
    await tx.run(
      tx.q
        .insertInto('streams')
        .values(row)
        .onConflict((conflict) => conflict.doNothing()),
    );
  }
}
