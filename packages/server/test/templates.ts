/**
 * Migrated databases, made once before all tests, which the databases of tests begin as copies of: running every
 * migration again for each of hundreds of them takes longer than most tests.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migratePostgres } from '../src/db/postgres/migrate.ts';
import { migrateSqlite } from '../src/db/sqlite/migrate.ts';
import { createDatabase } from './databases.ts';

/** Run by vitest, before it starts the processes that tests run in. @returns what deletes them again */
export async function setup(): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'hoory-template-'));
  const sqlite = join(folder, 'hoory.sqlite');
  await migrateSqlite(sqlite);
  process.env.HOORY_TEST_SQLITE_TEMPLATE = sqlite;
  const database = process.env.HOORY_TEST_POSTGRES ? await createDatabase() : undefined;
  if (database) {
    await migratePostgres(database.url);
    process.env.HOORY_TEST_POSTGRES_TEMPLATE = database.name;
  }
  return async () => {
    rmSync(folder, { recursive: true, force: true });
    await database?.drop();
  };
}
