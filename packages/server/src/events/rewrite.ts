/** Takes out of the log what must not be told again: entries are rewritten where they stand, so that offsets keep no gap. */
import { sql } from 'kysely';
import type { Sql, Tx } from '../db/db.ts';
import { isAnyOf, isAnyTextOf, isLike, literally } from '../db/dialect.ts';

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

interface Entry {
  stream_id: number;
  stream_offset: number;
  event: string;
  payload: string;
}

/** @returns how many entries were rewritten */
export async function rewriteEntries(tx: Tx, { event, data, ...rewriting }: Rewriting): Promise<number> {
  const payload = JSON.stringify({ event, data });
  const offsets = new Map<number, number[]>();
  for (const entry of await findEntries(tx, rewriting)) {
    const told = JSON.parse(entry.payload) as { data: Record<string, unknown> };
    if (rewriting.isMeant(entry.event, told.data))
      offsets.set(entry.stream_id, [...(offsets.get(entry.stream_id) ?? []), entry.stream_offset]);
  }
  let rewritten = 0;
  for (const [stream_id, meant] of offsets)
    rewritten += await tx.run(
      tx.q
        .updateTable('events')
        .set({ event, payload })
        .where('stream_id', '=', stream_id)
        .where(isAnyOf(tx, 'stream_offset', meant)),
    );
  return rewritten;
}

function findEntries(db: Sql, { streams, texts }: Pick<Rewriting, 'streams' | 'texts'>): Promise<Entry[]> {
  return db.all(
    db.q
      .selectFrom('events')
      .innerJoin('streams', 'streams.id', 'events.stream_id')
      .select(['stream_id', 'stream_offset', 'event', 'payload'])
      .where(isAnyTextOf(db, 'streams.name', streams))
      .where((on) => on.or(texts.map((text) => isLike(db, sql.ref('payload'), `%${literally(text)}%`)))),
  );
}

/** Deletes all entries of these streams; whoever comes back to one is told to fetch anew. */
export async function emptyStreams(tx: Tx, streams: readonly string[]): Promise<void> {
  const rows = await tx.all(
    tx.q
      .selectFrom('streams')
      .select(['id', 'last_offset'])
      .where(isAnyTextOf(tx, 'name', streams)),
  );
  for (const { id, last_offset } of rows) {
    await tx.run(tx.q.updateTable('streams').set({ pruned_offset: last_offset }).where('id', '=', id));
    await tx.run(tx.q.deleteFrom('events').where('stream_id', '=', id));
  }
}
