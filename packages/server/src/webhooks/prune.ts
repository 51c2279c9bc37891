/** Keeps the ledger as long as the event log; what was transient, an hour. */
import type { Config } from '../config.ts';
import type { Db } from '../db/db.ts';

/** One transaction takes so many, so that the write lane is never held for long. */
const portion = 1000;
const transientLife = 3_600_000;

/** Deletes settled deliveries that are past their time. @returns how many */
export async function pruneDeliveries(db: Db, keep: Config['logKeep'], now: number): Promise<number> {
  const oldest = now - keep.age;
  let deleted = 0;
  for (;;) {
    const found = await db.all(
      db.q
        .selectFrom('webhook_deliveries')
        .select('id')
        .where('settled_at', '<', now - Math.min(transientLife, keep.age))
        .where((on) => on.or([on('settled_at', '<', oldest), on('is_transient', '=', 1)]))
        .orderBy('settled_at')
        .limit(portion),
    );
    const ids = found.map(({ id }) => id);
    if (!ids.length) return deleted;
    deleted += await db.run(db.q.deleteFrom('webhook_deliveries').where('id', 'in', ids));
  }
}
