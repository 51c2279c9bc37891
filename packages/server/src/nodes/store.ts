/** The SQL of `nodes`, on PostgreSQL only. Times are those of the database, so that no clock of a node decides who is alive. */
import { type RawBuilder, sql } from 'kysely';
import type { Sql, Tx } from '../db/db.ts';
import type { NodeRow } from '../db/tables.ts';

/** The clock of the database, in milliseconds. Not the time of the transaction, which may have waited for locks. */
export const databaseNow = (): RawBuilder<number> =>
  sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`;

/** Inserts the row of a process, or renews it. A process that was paused finds its row deleted, and inserts it again. */
export async function upsertNode(tx: Tx, row: Omit<NodeRow, 'seen_at'>): Promise<void> {
  const changing = { name: row.name, sockets: row.sockets, seen_at: databaseNow() };
  await tx.run(
    tx.q
      .insertInto('nodes')
      .values({ ...row, seen_at: databaseNow() })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(changing)),
  );
}

/** A row, and how long ago its process has renewed it. */
export interface SeenNode extends NodeRow {
  silent_ms: number;
}

/** All rows, those of dead processes too, the oldest first. */
export const readNodes = (db: Sql): Promise<SeenNode[]> =>
  db.all(
    db.q
      .selectFrom('nodes')
      .selectAll()
      .select((on) => sql<number>`${databaseNow()} - ${on.ref('seen_at')}`.as('silent_ms'))
      .orderBy('started_at')
      .orderBy('id'),
  );

/** Deletes rows that nobody has renewed for `silentMs`. */
export async function deleteSilentNodes(tx: Tx, silentMs: number): Promise<void> {
  await tx.run(tx.q.deleteFrom('nodes').where('seen_at', '<', sql<number>`${databaseNow()} - ${silentMs}`));
}

export async function deleteNode(tx: Tx, id: string): Promise<void> {
  await tx.run(tx.q.deleteFrom('nodes').where('id', '=', id));
}

/** Waits for other processes that join at this moment, until the transaction ends. */
export async function lockJoining(tx: Tx): Promise<void> {
  await tx.all(sql`select pg_advisory_xact_lock(${joiningLock})`);
}

/** Any number that no other program locks. */
const joiningLock = 7217732;
