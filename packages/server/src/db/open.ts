/** Opens the database that the configuration names, migrated and ready. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import type { CommitHooks, Db } from './db.ts';
import type { NotificationOptions, Notifications } from './postgres/notifications.ts';
import { migrateSqlite } from './sqlite/migrate.ts';
import { openSqlite } from './sqlite/sqlite.ts';

type DatabaseSettings = Pick<Config, 'data' | 'databaseUrl'> & Partial<Pick<Config, 'migrationCopy'>>;

/**
 * @param warn called with advice when a migration cannot keep a copy of the database
 * @throws NewerDatabase when a newer Hoory wrote it; CannotCopy without space for the copy
 */
export async function openDb(
  { data, databaseUrl, migrationCopy = true }: DatabaseSettings,
  hooks: CommitHooks,
  warn: (text: string) => void = () => {},
): Promise<Db> {
  mkdirSync(data, { recursive: true });
  if (databaseUrl) {
    const { migratePostgres } = await import('./postgres/migrate.ts');
    await migratePostgres(databaseUrl, { folder: migrationCopy ? data : undefined, warn });
  } else await migrateSqlite(sqlitePath(data), { keepCopy: migrationCopy });
  return openMigratedDb({ data, databaseUrl }, hooks);
}

/** Opens a database that has the schema of this version, without migrating it. */
export async function openMigratedDb(
  { data, databaseUrl }: Pick<Config, 'data' | 'databaseUrl'>,
  hooks: CommitHooks,
): Promise<Db> {
  if (!databaseUrl) return openSqlite(sqlitePath(data), hooks);
  const { openPostgres } = await import('./postgres/postgres.ts');
  return openPostgres(databaseUrl, hooks);
}

/** Connects to the notifications of the PostgreSQL at `url`, in the background. */
export async function openDbNotifications(url: string, options: NotificationOptions): Promise<Notifications> {
  const { openNotifications } = await import('./postgres/notifications.ts');
  return openNotifications(url, options);
}

/** The SQLite file in a data folder. */
export const sqlitePath = (data: string): string => join(data, 'hoory.sqlite');

/** Does `work` at a start. @throws DatabaseUnusable, DatabaseUnresponsive for a PostgreSQL that cannot be used, or does not answer meanwhile */
export async function duringStart<Out>(
  { databaseUrl }: Pick<Config, 'databaseUrl'>,
  work: () => Promise<Out>,
): Promise<Out> {
  if (!databaseUrl) return work();
  const { whileAnswering } = await import('./postgres/unresponsive.ts');
  return whileAnswering(databaseUrl, work);
}
