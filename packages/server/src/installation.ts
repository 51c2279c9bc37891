/**
 * Values of this installation in the table `installation`, the same for every node. Each is written once, and only a restore changes
 * the epoch: when two nodes start at once on a new database, the primary key decides which one's values are stored, and both read these.
 */
import type { Db, Sql, Tx } from './db/db.ts';
import { newToken } from './secrets.ts';

export interface Installation {
  /** Signs file addresses, cursors and opaque stream names. */
  key: string;
  /** Identifies this event log: offsets of a log with another epoch are invalid (cable.md D.2). */
  epoch: string;
}

/** Reads the installation's secrets; the first start generates them. */
export async function readInstallation(db: Db): Promise<Installation> {
  const generated: Installation = { key: newToken() + newToken(), epoch: newEpoch() };
  return db.write(async (tx) => {
    for (const [name, value] of Object.entries(generated)) await insertOnce(tx, name, value);
    const rows = await tx.all(tx.q.selectFrom('installation').selectAll());
    const stored = new Map(rows.map(({ name, value }) => [name, value]));
    return {
      key: stored.get('key') ?? generated.key,
      epoch: stored.get('epoch') ?? generated.epoch,
    };
  });
}

/** The key without generating one; undefined before the first start. */
export async function findInstallationKey(db: Sql): Promise<string | undefined> {
  const row = await db.get(db.q.selectFrom('installation').select('value').where('name', '=', 'key'));
  return row?.value;
}

const newEpoch = () => newToken().slice(0, 8);

/** Stores a value unless the name has one. @returns whether it was stored; a concurrent transaction with this name is awaited */
export async function insertOnce(tx: Tx, name: string, value: string): Promise<boolean> {
  const inserted = await tx.run(
    tx.q
      .insertInto('installation')
      .values({ name, value })
      .onConflict((conflict) => conflict.doNothing()),
  );
  return inserted > 0;
}

/**
 * Gives the event log a new epoch, for a database that was put back to an earlier state: offsets that clients have seen may be given
 * out again, so every client is told to fetch everything anew (cable.md D.2).
 */
export async function renewEpoch(db: Db): Promise<void> {
  const value = newEpoch();
  await db.write((tx) => tx.run(tx.q.updateTable('installation').set({ value }).where('name', '=', 'epoch')));
}
