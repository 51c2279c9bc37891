/** Migrations of a SQLite file, whose version is its `user_version`. */
import Database from 'better-sqlite3';
import { pendingMigrations } from '../migrations.ts';

/** Brings the file at `path` up to date; a second process waits for the first. @throws NewerDatabase, OlderDatabase */
export function migrateSqlite(path: string): void {
  const connection = new Database(path, { timeout: 30_000 });
  try {
    // Only before the first page of a new file; `vacuumSqlite` does it for a file of an older version.
    connection.pragma('auto_vacuum = incremental');
    connection.pragma('journal_mode = wal');
    connection
      .transaction(() => {
        const current = Number(connection.pragma('user_version', { simple: true }));
        for (const { version, sql } of pendingMigrations('sqlite', current)) {
          connection.exec(sql.replaceAll(/\bid bigint primary key/g, 'id integer primary key'));
          connection.pragma(`user_version = ${version}`);
        }
      })
      .immediate();
  } finally {
    connection.close();
  }
}
