/** Allows one server per data folder, with an exclusive lock on a file, which the system releases when the process ends in any way. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { codeOf } from './database-failed.ts';

/** Another server runs on the same data folder. */
export class DataInUse extends Error {
  constructor(folder: string) {
    super(
      `Another Hoory server is running on ${folder}. Stop it first, or give this one its own HOORY_DATA.`,
    );
    this.name = 'DataInUse';
  }
}

/** Holds the folder until the returned function is called or the process ends. @throws DataInUse */
export function lockData(folder: string): () => void {
  mkdirSync(folder, { recursive: true });
  // SQLite's own file locks, because Node has none.
  const lock = new Database(join(folder, 'server.lock'), { timeout: 0 });
  try {
    lock.exec('begin exclusive');
  } catch (error) {
    lock.close();
    if (codeOf(error).startsWith('SQLITE_BUSY')) throw new DataInUse(folder);
    throw error;
  }
  return () => void lock.close();
}
