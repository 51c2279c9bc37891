/** Keeps settled deliveries as long as the event log, and those of transient events for an hour. */
import { sql } from 'kysely';
import type { Config } from '../config.ts';
import type { Db, Runnable } from '../db/db.ts';
import { deleteDeliveries } from './store.ts';

/** Deliveries that one transaction deletes, so that other writes never wait for long. */
const batchSize = 500;
const transientLifetimeMs = 3_600_000;

/** Deletes settled deliveries that are older than that. @param now in milliseconds @returns how many */
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
    deleted += await db.write((tx) => deleteDeliveries(tx, ids));
  }
}
