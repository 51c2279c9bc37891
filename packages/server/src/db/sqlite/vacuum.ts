/** `hoory vacuum`: rewrites a SQLite file without its free pages, and lets it shrink by itself from then on. */
import { statSync } from 'node:fs';
import Database from 'better-sqlite3';

/**
 * Needs as much free disk as the content takes, and nobody else may use the file.
 * @returns bytes of the file before and after
 * @throws SqliteError when another process uses it, or the disk is full; the file is unchanged then
 */
export function vacuumSqlite(path: string): { before: number; after: number } {
  const connection = new Database(path, { fileMustExist: true, timeout: 1000 });
  try {
    connection.pragma('wal_checkpoint(truncate)');
    const before = statSync(path).size;
    connection.pragma('auto_vacuum = incremental');
    connection.exec('vacuum');
    connection.pragma('wal_checkpoint(truncate)');
    return { before, after: statSync(path).size };
  } finally {
    connection.close();
  }
}
