/** Keeps the log within its age and its number of events per stream (design.md section 6). */
import { sql } from 'kysely';
import type { Config } from '../config.ts';
import type { Db } from '../db/db.ts';

/** Deletes what is too old or too many, stream by stream, and remembers up to where. @returns events deleted */
export async function pruneLog(db: Db, keep: Config['logKeep'], now: number): Promise<number> {
  const oldest = now - keep.age;
  const streams = await db.all(
    db.q
      .selectFrom('streams')
      .select(['id', 'last_offset', 'pruned_offset'])
      .where((on) =>
        on.or([
          on(sql`last_offset - pruned_offset`, '>', keep.events),
          on.exists(
            on
              .selectFrom('events')
              .select('event')
              .whereRef('events.stream_id', '=', 'streams.id')
              .where('events.created_at', '<', oldest)
              .limit(1),
          ),
        ]),
      ),
  );
  let deleted = 0;
  for (const stream of streams) deleted += await pruneStream(db, stream, keep.events, oldest);
  return deleted;
}

interface Stream {
  id: number;
  last_offset: number;
  pruned_offset: number;
}

/** One transaction a stream, so that the write lane is never held for long. */
function pruneStream(db: Db, stream: Stream, events: number, oldest: number): Promise<number> {
  return db.write(async (tx) => {
    const newestOld = await tx.get(
      tx.q
        .selectFrom('events')
        .select((on) => on.fn.max('stream_offset').as('offset'))
        .where('stream_id', '=', stream.id)
        .where('created_at', '<', oldest),
    );
    const upTo = Math.max(stream.last_offset - events, newestOld?.offset ?? 0);
    if (upTo <= stream.pruned_offset) return 0;
    await tx.run(tx.q.updateTable('streams').set({ pruned_offset: upTo }).where('id', '=', stream.id));
    return tx.run(
      tx.q.deleteFrom('events').where('stream_id', '=', stream.id).where('stream_offset', '<=', upTo),
    );
  });
}
