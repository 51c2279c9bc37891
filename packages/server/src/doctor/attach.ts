/** Opens the database for checks that read its tables, beside a running server: nothing is migrated, nothing is written. */
import type { Config } from '../config.ts';
import type { Db } from '../db/db.ts';
import { openMigratedDb } from '../db/open.ts';
import { findInstallationKey } from '../installation.ts';

export interface Attached {
  db: Db;
  /** The installation's key; undefined before the first start of the server. */
  key: string | undefined;
}

/** @throws errors of the driver, and of a database without the tables of this version */
export async function attach(config: Readonly<Config>): Promise<Attached> {
  const db = await openMigratedDb(config, { beforeCommit: async () => {} });
  try {
    return { db, key: await findInstallationKey(db) };
  } catch (error) {
    await db.close();
    throw error;
  }
}
