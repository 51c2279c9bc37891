/** Keeps the ledger as long as the event log; what was transient, an hour. */
import { sql } from 'kysely';
import type { Config } from '../config.ts';
import type { Db, Runnable } from '../db/db.ts';
import { isAnyOf } from '../db/dialect.ts';

/** One transaction takes so many, so that other writes never wait for long. */
const batchSize = 500;
const transientLifetimeMs = 3_600_000;

/** Deletes settled deliveries that are past their time. @returns how many */
export async function pruneDeliveries(db: Db, keep: Config['logKeep'], now: number): Promise<number> {
  const old = settledDeliveries(db).where('settled_at', '<', now - keep.age);
  const transient = settledDeliveries(db)
    .where('settled_at', '<', now - Math.min(transientLifetimeMs, keep.age))
    .where('is_transient', '=', sql.lit(1));
  return (await deleteAll(db, old)) + (await deleteAll(db, transient));
}

const settledDeliveries = (db: Db) =>
  db.q.selectFrom('webhook_deliveries').select('id').orderBy('settled_at').limit(batchSize);

async function deleteAll(db: Db, query: Runnable<{ id: number }>): Promise<number> {
  for (let deleted = 0; ; ) {
    const ids = (await db.all(query)).map(({ id }) => id);
    if (!ids.length) return deleted;
    deleted += await db.run(db.q.deleteFrom('webhook_deliveries').where(isAnyOf(db, 'id', ids)));
  }
}
