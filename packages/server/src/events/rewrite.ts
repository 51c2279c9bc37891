/** Takes out of the log what must not be told again: entries are rewritten where they stand, so that offsets keep no gap. */
import { sql } from 'kysely';
import type { Sql, Tx } from '../db/db.ts';
import { escapeLike, isAnyOf, isAnyTextOf, isLike } from '../db/dialect.ts';
import type { EventRow } from '../db/tables.ts';
import { chainOf, chainWith } from './chain.ts';

export interface Rewriting {
  streams: readonly string[];
  /** Only entries that hold one of these texts are looked at. */
  texts: readonly string[];
  /** Decides by the payload. */
  isMeant(event: string, data: Record<string, unknown>): boolean;
  /** What is told instead. */
  event: string;
  data: object;
}

export async function rewriteEntries(tx: Tx, { event, data, ...rewriting }: Rewriting): Promise<void> {
  const meant = (await findTold(tx, rewriting)).filter((told) => {
    const { data } = JSON.parse(told.payload) as { data: Record<string, unknown> };
    return rewriting.isMeant(told.event, data);
  });
  const payload = JSON.stringify({ event, data });
  await tx.run(
    tx.q
      .updateTable('events')
      .set({ event, payload })
      .where(
        isAnyOf(
          tx,
          'id',
          meant.map(({ id }) => id),
        ),
      ),
  );
}

type Told = Pick<EventRow, 'id' | 'event' | 'payload'>;

function findTold(db: Sql, { streams, texts }: Pick<Rewriting, 'streams' | 'texts'>): Promise<Told[]> {
  const hasText = texts.map((text) => isLike(db, sql.ref('payload'), `%${escapeLike(text)}%`));
  return db.all(
    sql<Told>`with recursive ${chainOf(db, { streams: isAnyTextOf(db, 'name', streams), after: 0 })}
      select event.id, event.event, event.payload from ${chainWith(db, 'events', 'event_id', 'event')}
      where ${sql.join(hasText, sql` or `)}`,
  );
}

/** Deletes all entries of these streams; whoever comes back to one is told to fetch anew. */
export async function emptyStreams(tx: Tx, streams: readonly string[]): Promise<void> {
  for (const stream of streams) {
    const isMeant = isAnyTextOf(tx, 'name', [stream]);
    const entries = await tx.all(
      sql<{ id: number }>`with recursive ${chainOf(tx, { streams: isMeant, after: 0 })} select id from chain`,
    );
    await removeEntries(
      tx,
      entries.map(({ id }) => id),
    );
    await tx.run(
      tx.q.updateTable('streams').set({ pruned_offset: sql<number>`last_offset` }).where('name', '=', stream),
    );
  }
}

/** Deletes entries of one stream, and what no other stream tells any more. */
export async function removeEntries(tx: Tx, ids: readonly number[]): Promise<void> {
  const told = await tx.all(
    tx.q
      .selectFrom('stream_entries')
      .select('event_id')
      .where(isAnyOf(tx, 'id', ids)),
  );
  const isTold = isAnyOf(
    tx,
    'id',
    told.map(({ event_id }) => event_id),
  );
  await tx.run(tx.q.deleteFrom('events').where(isTold).where('entries', '=', 1));
  await tx.run(tx.q.updateTable('events').set({ entries: sql<number>`entries - 1` }).where(isTold));
  await tx.run(tx.q.deleteFrom('stream_entries').where(isAnyOf(tx, 'id', ids)));
}
