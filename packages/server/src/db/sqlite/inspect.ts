/** Facts about a SQLite file for `hoory doctor`, read beside a running server and without changing the file. */
import { existsSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { incrementalVacuum } from '../free-space.ts';

export interface SqliteFacts {
  /** Of the library. */
  version: string;
  /** `user_version`; 0 is an empty file. */
  schema: number;
  fileBytes: number;
  /** Of the write-ahead log. */
  walBytes: number;
  /** Pages without content. */
  freeBytes: number;
  /** Whether the server gives free pages back; a file of an older version cannot shrink. */
  canShrink: boolean;
  /** Whether another process kept the lock for writing during the whole time limit. */
  isLocked: boolean;
  /** The first fault of the content; `unchecked` when the file is larger than the limit. */
  damage: string | undefined | 'unchecked';
}

export interface InspectOptions {
  /** Milliseconds to wait for the lock for writing; without it the lock is not tried. */
  lockTimeoutMs?: number;
  /** Bytes of the largest file whose content is checked, which reads it all. */
  maxCheckedBytes: number;
}

/** @returns undefined when there is no file. @throws SqliteError when it is no database, or cannot be opened */
export function inspectSqlite(
  path: string,
  { lockTimeoutMs, maxCheckedBytes }: InspectOptions,
): SqliteFacts | undefined {
  if (!existsSync(path)) return undefined;
  // Not read-only: without the memory of the log, which a stopped server removes, such a connection cannot read.
  const connection = new Database(path, { fileMustExist: true, timeout: lockTimeoutMs ?? 1000 });
  try {
    const fileBytes = statSync(path).size;
    const one = (name: string) => connection.pragma(name, { simple: true });
    return {
      version: String(connection.prepare('select sqlite_version()').pluck().get()),
      schema: Number(one('user_version')),
      fileBytes,
      walBytes: statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0,
      freeBytes: Number(one('freelist_count')) * Number(one('page_size')),
      canShrink: one('auto_vacuum') === incrementalVacuum,
      isLocked: lockTimeoutMs !== undefined && isLocked(connection),
      damage: fileBytes > maxCheckedBytes ? 'unchecked' : damageOf(String(one('quick_check(1)'))),
    };
  } finally {
    connection.close();
  }
}

const damageOf = (answer: string): string | undefined => (answer === 'ok' ? undefined : answer);

function isLocked(connection: Database.Database): boolean {
  try {
    connection.exec('begin immediate; rollback');
    return false;
  } catch (error) {
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return true;
    throw error;
  }
}
