/**
 * Numbered migrations, run at start. `NNNN_name.sql` is for both databases, `NNNN_name.sqlite.sql` and
 * `NNNN_name.postgres.sql` for one. Two nodes may start at once; a database newer than this program is refused.
 */
import { readdirSync, readFileSync } from 'node:fs';
import Database from 'better-sqlite3';

/** The database was written by a newer Hoory. */
export class NewerDatabase extends Error {
  constructor(found: number, known: number) {
    super(
      `The database is at version ${found}, this Hoory knows up to ${known}. Start the newer version again, or restore a backup.`,
    );
    this.name = 'NewerDatabase';
  }
}

interface Migration {
  version: number;
  sql: string;
}

const folder = new URL('./migrations/', import.meta.url);

export function migrationsFor(dialect: 'sqlite' | 'postgres'): Migration[] {
  return readdirSync(folder)
    .map((file) => /^(\d{4})_\w+(?:\.(sqlite|postgres))?\.sql$/.exec(file))
    .filter((match) => match !== null)
    .filter(([, , only]) => !only || only === dialect)
    .map(([file, number]) => ({ version: Number(number), sql: readFileSync(new URL(file, folder), 'utf8') }))
    .sort((a, b) => a.version - b.version);
}

export function pending(migrations: Migration[], current: number): Migration[] {
  const known = migrations.at(-1)?.version ?? 0;
  if (current > known) throw new NewerDatabase(current, known);
  return migrations.filter(({ version }) => version > current);
}

/** Brings the SQLite file at `path` up to date, or as far as `migrations` go. @throws NewerDatabase */
export function migrateSqlite(path: string, migrations = migrationsFor('sqlite')): void {
  const connection = new Database(path, { timeout: 30_000 });
  try {
    connection.pragma('journal_mode = wal');
    connection
      .transaction(() => {
        const current = connection.pragma('user_version', { simple: true }) as number;
        for (const { version, sql } of pending(migrations, current)) {
          connection.exec(sql.replaceAll(/\bid bigint primary key/g, 'id integer primary key'));
          connection.pragma(`user_version = ${version}`);
        }
      })
      .immediate();
  } finally {
    connection.close();
  }
}
