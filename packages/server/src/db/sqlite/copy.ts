/** Copies of a SQLite file that others write meanwhile. */
import { existsSync, rmSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';

/** Pages between two turns of the event loop: about 4 ms. */
const pagesPerStep = 1000;

/**
 * Copies the file at `from` as it is now to `to`, which does not exist yet. Writers go on; the log of SQLite grows meanwhile, as it
 * keeps what they write. The copy is one file without a log.
 * @throws SqliteError; nothing is left at `to` then
 */
export async function copySqlite(from: string, to: string, signal?: AbortSignal): Promise<void> {
  const source = new Database(from, { fileMustExist: true, timeout: 10_000 });
  try {
    // SQLite begins a copy anew whenever another connection has written, unless the source's connection reads one snapshot throughout.
    source.exec('begin');
    source.prepare('select count(*) from sqlite_master').get();
    await source.backup(to, {
      progress: () => {
        signal?.throwIfAborted();
        return pagesPerStep;
      },
    });
    const copy = new Database(to);
    copy.pragma('journal_mode = delete');
    copy.close();
  } catch (error) {
    removeSqlite(to);
    throw error;
  } finally {
    source.close();
  }
}

/** Removes a SQLite file with its log. */
export function removeSqlite(path: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${path}${suffix}`, { force: true });
}

/** Bytes of a SQLite file with its log, about what a copy takes. */
export const sizeOfSqlite = (path: string): number =>
  [path, `${path}-wal`]
    .filter((file) => existsSync(file))
    .reduce((sum, file) => sum + statSync(file).size, 0);
