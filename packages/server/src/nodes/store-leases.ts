/** The SQL of `leases`, on PostgreSQL only. Times are those of the database. */
import { sql } from 'kysely';
import type { Tx } from '../db/db.ts';
import { databaseNow } from './store.ts';

/** A right, and the process that has it or wants it. */
export interface LeaseClaim {
  name: string;
  node_id: string;
}

/**
 * Renews a lease, or takes it over when it has expired. A lease whose row is locked is left alone, so that nobody waits for a
 * transaction of its owner.
 * @returns the term; undefined when another process has the lease
 */
export async function claimLease(
  tx: Tx,
  { name, node_id, lifetimeMs }: LeaseClaim & { lifetimeMs: number },
): Promise<number | undefined> {
  const row = await tx.get(sql<{ term: number }>`update leases set node_id = ${node_id},
      expires_at = ${databaseNow()} + ${lifetimeMs}::bigint,
      term = case when node_id = ${node_id} then term else term + 1 end
    where name in (select name from leases
      where name = ${name} and (node_id = ${node_id} or expires_at <= ${databaseNow()}) for update skip locked)
    returning term`);
  return row?.term;
}

/** Whether the process has the lease in this term. Until the transaction ends no other process can take it over. */
export async function lockLease(
  tx: Tx,
  { name, node_id, term }: LeaseClaim & { term: number },
): Promise<boolean> {
  const row = await tx.get(sql`select term from leases where name = ${name} and node_id = ${node_id}
    and term = ${term} and expires_at > ${databaseNow()} for share`);
  return row !== undefined;
}

/** Gives a lease up, so that another process takes it over at once. */
export async function releaseLease(tx: Tx, { name, node_id }: LeaseClaim): Promise<void> {
  await tx.run(
    tx.q
      .updateTable('leases')
      .set({ node_id: null, expires_at: 0 })
      .where('name', '=', name)
      .where('node_id', '=', node_id),
  );
}
