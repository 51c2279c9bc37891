/** Migrations on PostgreSQL, where the table `schema_version` holds what has run. */
import pg from 'pg';
import { pendingMigrations } from '../migrations.ts';

/** Any number that no other program locks. */
const migrationLock = 7217731;

/** Brings the database at `url` up to date; a second process waits for the lock. @throws NewerDatabase, OlderDatabase */
export async function migratePostgres(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [migrationLock]);
    await client.query('create table if not exists schema_version (version bigint not null)');
    const { rows } = await client.query('select max(version) as version from schema_version');
    for (const { version, sql } of pendingMigrations('postgres', Number(rows[0]?.version ?? 0))) {
      await client.query(sql);
      await client.query('insert into schema_version (version) values ($1)', [version]);
    }
    await client.query('commit');
  } finally {
    await client.end();
  }
}
