/** Migrations on PostgreSQL, where the table `schema_version` holds what has run. */
import { pendingMigrations } from '../migrations.ts';
import { keepPostgresCopy } from './keep-copy.ts';
import { throwFailure } from './pool.ts';
import { PrimaryClient } from './primary.ts';
import { readServerVersion } from './snapshot.ts';

/** Any number that no other program locks. */
const migrationLock = 7217731;

export interface CopyOptions {
  /** The folder for a dump of the database before it is migrated; without one there is none. */
  folder: string | undefined;
  /** Called with advice when no dump can be made. */
  warn(text: string): void;
}

/**
 * Brings the database at `url` up to date; a second process waits for the lock.
 * @throws NewerDatabase, OlderDatabase; CannotCopy without space for the copy; DatabaseFailed
 */
export async function migratePostgres(url: string, copy?: CopyOptions): Promise<void> {
  const client = new PrimaryClient({ connectionString: url });
  const query = (text: string, values?: unknown[]) => client.query(text, values).catch(throwFailure);
  await client.connect().catch(throwFailure);
  try {
    await query('begin');
    await query('select pg_advisory_xact_lock($1)', [migrationLock]);
    await query('create table if not exists schema_version (version bigint not null)');
    const { rows } = await query('select max(version) as version from schema_version');
    const current = Number(rows[0]?.version ?? 0);
    const pending = pendingMigrations('postgres', current);
    if (pending.length && current > 0 && copy?.folder)
      await keepPostgresCopy({
        ...{ url, folder: copy.folder, version: current, warn: copy.warn },
        serverVersion: await readServerVersion(client).catch(throwFailure),
      });
    for (const { version, sql } of pending) {
      await query(sql);
      await query('insert into schema_version (version) values ($1)', [version]);
    }
    await query('commit');
  } finally {
    // A connection that broke has ended already.
    await client.end().catch(() => {});
  }
}
