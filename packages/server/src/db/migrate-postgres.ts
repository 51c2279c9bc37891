/** Migrations on PostgreSQL. In a file of its own with the driver, which a server on SQLite never loads. */
import pg from 'pg';
import { migrationsFor, pending } from './migrate.ts';

/**
 * Brings the database at `url` up to date, or as far as `migrations` go; a second node waits on the advisory lock.
 * @throws NewerDatabase
 */
export async function migratePostgres(url: string, migrations = migrationsFor('postgres')): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock(7217731)');
    await client.query('create table if not exists schema_version (version bigint not null)');
    const { rows } = await client.query('select max(version) as version from schema_version');
    for (const { version, sql } of pending(migrations, Number(rows[0]?.version ?? 0))) {
      await client.query(sql);
      await client.query('insert into schema_version (version) values ($1)', [version]);
    }
    await client.query('commit');
  } finally {
    await client.end();
  }
}
