/** Keeps the log within its age and its number of events per stream (decisions.md 6). */
import { sql } from 'kysely';
import type { Config } from '../config.ts';
import type { Db, Tx } from '../db/db.ts';
import { isAnyOf } from '../db/dialect.ts';
import type { StreamRow } from '../db/tables.ts';
import { chainOf, chainWith } from './chain.ts';
import { removeEntries } from './rewrite.ts';

/** Entries of one transaction, so that other writes never wait for long. */
const piece = 500;

/** Deletes what is too old or too many, and remembers up to where in each stream. @returns entries deleted */
export async function pruneLog(db: Db, keep: Config['logKeep'], now: number): Promise<number> {
  const oldest = now - keep.age;
  let deleted = 0;
  for (let more = piece; more === piece; deleted += more) more = await db.write((tx) => dropOld(tx, oldest));
  for (let more = piece; more === piece; ) more = await db.write((tx) => dropUntold(tx, oldest));
  for (let after = 0, streams = [] as StreamEnds[]; ; ) {
    streams = await streamsAfter(db, after);
    for (const stream of streams)
      if (stream.last_offset - stream.pruned_offset > keep.events)
        for (let more = piece; more === piece; deleted += more)
          more = await db.write((tx) => dropSurplus(tx, stream, keep.events));
    if (streams.length < piece) return deleted;
    after = (streams.at(-1) as StreamEnds).id;
  }
}

type StreamEnds = Pick<StreamRow, 'id' | 'last_offset' | 'pruned_offset'>;

/** The next streams by id: there is one for each customer, and no index of their lengths, which every event changes. */
const streamsAfter = (db: Db, after: number): Promise<StreamEnds[]> =>
  db.all(
    db.q
      .selectFrom('streams')
      .select(['id', 'last_offset', 'pruned_offset'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(piece),
  );

/** Entries come in the order of time: what is too old stands first. */
async function dropOld(tx: Tx, oldest: number): Promise<number> {
  const first = await tx.all(
    tx.q
      .selectFrom('stream_entries')
      .select(['id', 'stream_id', 'stream_offset', 'event_id'])
      .orderBy('id')
      .limit(piece),
  );
  const events = await tx.all(
    tx.q
      .selectFrom('events')
      .select(['id', 'created_at'])
      .where(
        isAnyOf(
          tx,
          'id',
          first.map(({ event_id }) => event_id),
        ),
      )
      .where('created_at', '<', oldest),
  );
  const times = new Map(events.map(({ id, created_at }) => [id, created_at]));
  const old = first.flatMap(({ event_id, ...entry }) => {
    const created_at = times.get(event_id);
    return created_at === undefined ? [] : [{ ...entry, created_at }];
  });
  if (!old.length) return 0;
  const newest = new Map<number, PrunedEntry>();
  for (const entry of old)
    if (entry.stream_offset > (newest.get(entry.stream_id)?.stream_offset ?? 0))
      newest.set(entry.stream_id, entry);
  for (const [id, entry] of newest) await remember(tx, id, entry);
  await tx.run(
    tx.q.deleteFrom('stream_entries').where(
      isAnyOf(
        tx,
        'id',
        old.map(({ id }) => id),
      ),
    ),
  );
  return old.length;
}

/** What was told so long ago has no entries left. */
async function dropUntold(tx: Tx, oldest: number): Promise<number> {
  const first = await tx.all(
    tx.q.selectFrom('events').select(['id', 'created_at']).orderBy('id').limit(piece),
  );
  const old = first.filter(({ created_at }) => created_at < oldest).map(({ id }) => id);
  if (old.length) await tx.run(tx.q.deleteFrom('events').where(isAnyOf(tx, 'id', old)));
  return old.length;
}

async function dropSurplus(tx: Tx, { id }: Pick<StreamRow, 'id'>, events: number): Promise<number> {
  const stream = (await tx.get(
    tx.q.selectFrom('streams').select(['last_offset', 'pruned_offset']).where('id', '=', id),
  )) as Pick<StreamRow, 'last_offset' | 'pruned_offset'>;
  const upTo = Math.min(stream.last_offset - events, stream.pruned_offset + piece);
  if (upTo <= stream.pruned_offset) return 0;
  const streams = sql<boolean>`id = ${id}`;
  const surplus = await tx.all(
    sql<PrunedEntry>`with recursive ${chainOf(tx, { streams, after: stream.pruned_offset, count: piece })}
      select chain.id, stream_offset, created_at from ${chainWith(tx, 'events', 'event_id', 'event')}
      where stream_offset <= ${upTo} order by stream_offset`,
  );
  await removeEntries(
    tx,
    surplus.map((entry) => entry.id),
  );
  const last = surplus.at(-1);
  if (last) await remember(tx, id, last);
  return surplus.length;
}

interface PrunedEntry {
  id: number;
  stream_offset: number;
  created_at: number;
}

/** Moves the beginning of a stream behind the newest of its entries that were pruned. */
const remember = (tx: Tx, id: number, { stream_offset, created_at }: PrunedEntry) =>
  tx.run(
    tx.q
      .updateTable('streams')
      .set({ pruned_offset: stream_offset, pruned_at: created_at })
      .where('id', '=', id)
      .where('pruned_offset', '<', stream_offset),
  );
