/** Migrations of a SQLite file, whose version is its `user_version`. */
import Database from 'better-sqlite3';
import { pendingMigrations } from '../migrations.ts';
import { keepSqliteCopy } from './keep-copy.ts';

/**
 * Brings the file at `path` up to date; a second process waits for the first.
 * @param options.keepCopy whether a copy of an older file is kept beside it
 * @throws NewerDatabase, OlderDatabase; CannotCopy without space for the copy
 */
export async function migrateSqlite(path: string, { keepCopy = true } = {}): Promise<void> {
  const connection = new Database(path, { timeout: 30_000 });
  try {
    // Only before the first page of a new file; `vacuumSqlite` does it for a file of an older version.
    connection.pragma('auto_vacuum = incremental');
    connection.pragma('journal_mode = wal');
    connection.exec('begin immediate');
    const current = Number(connection.pragma('user_version', { simple: true }));
    const pending = pendingMigrations('sqlite', current);
    if (pending.length && current > 0 && keepCopy) await keepSqliteCopy(path, current);
    for (const { version, sql } of pending) {
      connection.exec(sql.replaceAll(/\bid bigint primary key/g, 'id integer primary key'));
      connection.pragma(`user_version = ${version}`);
    }
    connection.exec('commit');
  } finally {
    // An open transaction is rolled back.
    connection.close();
  }
}
