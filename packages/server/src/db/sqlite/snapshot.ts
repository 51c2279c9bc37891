/** The snapshot of a SQLite file: a copy of it, which is removed when the snapshot is closed. */
import { createReadStream, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { DatabaseSnapshot, SnapshotOptions } from '../snapshot.ts';
import { copySqlite, removeSqlite } from './copy.ts';

const readBytes = 1024 * 1024;

export async function openSqliteSnapshot(
  path: string,
  { scratch, signal }: SnapshotOptions,
): Promise<DatabaseSnapshot> {
  await copySqlite(path, scratch, signal);
  const copy = new Database(scratch);
  return {
    engine: 'sqlite',
    schemaVersion: Number(copy.pragma('user_version', { simple: true })),
    postgres: undefined,
    size: statSync(scratch).size,
    bytes: () => createReadStream(scratch, { highWaterMark: readBytes }),
    counts: async () => countSqliteRows(copy),
    async *texts(query) {
      for (const [text] of copy.prepare<[], [string]>(query).raw().iterate()) yield text;
    },
    close: async () => {
      copy.close();
      removeSqlite(scratch);
    },
  };
}

/** The number of rows of each table in the file at `path`. */
export function countRowsOfSqlite(path: string): Record<string, number> {
  const connection = new Database(path, { fileMustExist: true });
  try {
    return countSqliteRows(connection);
  } finally {
    connection.close();
  }
}

function countSqliteRows(connection: Database.Database): Record<string, number> {
  const tables = connection
    .prepare<[], { name: string }>(
      "select name from sqlite_master where type = 'table' and name not like 'sqlite\\_%' escape '\\' order by name",
    )
    .all();
  const counts: Record<string, number> = {};
  for (const { name } of tables) {
    const row = connection.prepare<[], { count: number }>(`select count(*) as count from "${name}"`).get();
    counts[name] = row?.count ?? 0;
  }
  return counts;
}
