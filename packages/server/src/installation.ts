/**
 * Secrets of this installation, made once and kept in the database, so that every node has the same. They are read at the start
 * and never change while a server runs: two first starts at once agree by the primary key, and both read what is stored.
 */
import type { Db } from './db/db.ts';
import { newToken } from './secrets.ts';

export interface Installation {
  /** Signs file addresses, cursors and opaque stream names. */
  key: string;
  /** Names this life of the event log; offsets of another epoch mean nothing (cable.md D.2). */
  epoch: string;
}

/** Reads the installation's secrets, making them on the first start. */
export async function readInstallation(db: Db): Promise<Installation> {
  const made: Installation = { key: newToken() + newToken(), epoch: newToken().slice(0, 8) };
  return db.write(async (tx) => {
    for (const [name, value] of Object.entries(made))
      await tx.run(
        tx.q
          .insertInto('installation')
          .values({ name, value })
          .onConflict((conflict) => conflict.doNothing()),
      );
    const rows = await tx.all(tx.q.selectFrom('installation').selectAll());
    return Object.fromEntries(rows.map((row) => [row.name, row.value])) as unknown as Installation;
  });
}
