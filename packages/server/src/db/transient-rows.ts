/** Rows about running processes, which mean nothing to a copy of the database that is put elsewhere. */
import { sql } from 'kysely';
import type { Db } from './db.ts';

/** Tables with such rows only. A database of an older version may lack some of them. */
const transientTables = new Set(['nodes']);

/** @param tables names of the tables that the database has */
export async function deleteTransientRows(db: Db, tables: readonly string[]): Promise<void> {
  for (const table of tables.filter((name) => transientTables.has(name)))
    await db.run(sql`delete from ${sql.table(table)}`);
}
