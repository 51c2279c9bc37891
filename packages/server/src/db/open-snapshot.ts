/** Opens the snapshot of the database that the configuration names. */
import { existsSync } from 'node:fs';
import type { Config } from '../config.ts';
import { CannotCopy } from './cannot-copy.ts';
import { sqlitePath } from './open.ts';
import type { DatabaseSnapshot, SnapshotOptions } from './snapshot.ts';

/** @throws CannotCopy when there is no database, or no `pg_dump` for it */
export async function openSnapshot(
  { data, databaseUrl }: Pick<Config, 'data' | 'databaseUrl'>,
  options: SnapshotOptions,
): Promise<DatabaseSnapshot> {
  if (databaseUrl) {
    const { openPostgresSnapshot } = await import('./postgres/snapshot.ts');
    return openPostgresSnapshot(databaseUrl, options);
  }
  const path = sqlitePath(data);
  if (!existsSync(path))
    throw new CannotCopy(
      `There is no database in ${data}. Set HOORY_DATA or DATABASE_URL as for hoory serve.`,
    );
  const { openSqliteSnapshot } = await import('./sqlite/snapshot.ts');
  return openSqliteSnapshot(path, options);
}
