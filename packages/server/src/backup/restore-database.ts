/** The database of a restore: written beside its place, compared with the manifest, and put in place. */
import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Config } from '../config.ts';
import type { CommitHooks, Db } from '../db/db.ts';
import { sqlitePath } from '../db/open.ts';
import { deleteTransientRows } from '../db/transient-rows.ts';
import { renewEpoch } from '../installation.ts';
import { BackupFailed, damaged } from './failure.ts';
import type { Identity, Manifest } from './format.ts';

export interface DatabaseTarget {
  /** @throws BackupFailed, CannotCopy when the server or its programs are too old for the archive */
  prepare(identity: Identity): Promise<void>;
  /** Takes the next part. */
  write(part: AsyncIterable<Buffer>): Promise<void>;
  /** Puts the database in place. @throws BackupFailed when it is not what the manifest says; nothing is in place then */
  finish(manifest: Manifest): Promise<void>;
  close(): Promise<void>;
}

/** @param staging a folder within the data folder */
export function openDatabaseTarget(
  { data, databaseUrl }: Pick<Config, 'data' | 'databaseUrl'>,
  staging: string,
): Promise<DatabaseTarget> {
  return databaseUrl
    ? openPostgres(databaseUrl, join(staging, 'database.dump'))
    : openSqliteIn(data, staging);
}

const appendTo = (path: string) => (part: AsyncIterable<Buffer>) =>
  pipeline(part, createWriteStream(path, { flags: 'a', mode: 0o600, flush: true }));

async function openSqliteIn(data: string, staging: string): Promise<DatabaseTarget> {
  const { openSqlite } = await import('../db/sqlite/sqlite.ts');
  const { countRowsOfSqlite } = await import('../db/sqlite/snapshot.ts');
  const path = sqlitePath(staging);
  return {
    prepare: async () => {},
    write: appendTo(path),
    finish: async ({ counts }) => {
      compareCounts(counts, countRowsOfSqlite(path));
      await adapt(openSqlite(path, noHooks), counts);
      await rename(path, sqlitePath(data));
    },
    close: async () => {},
  };
}

async function openPostgres(url: string, dump: string): Promise<DatabaseTarget> {
  const { findRestore, openPostgresTarget } = await import('../db/postgres/restore.ts');
  const target = await openPostgresTarget(url);
  let version = 0;
  return {
    prepare: async ({ postgres }) => {
      if (postgres && postgres.server > target.serverVersion)
        throw new BackupFailed(
          `The archive is of PostgreSQL ${postgres.server}, and this server is of version ${target.serverVersion}. ` +
            `Restore into PostgreSQL ${postgres.server} or newer.`,
        );
      version = postgres?.pg_dump ?? 0;
      await findRestore(version);
    },
    write: appendTo(dump),
    finish: async ({ counts }) => {
      await target.restore(await findRestore(version), dump);
      try {
        compareCounts(counts, await target.counts());
        const { openPostgres: openDb } = await import('../db/postgres/postgres.ts');
        await adapt(await openDb(url, noHooks), counts);
      } catch (error) {
        await target.empty();
        throw error;
      }
    },
    close: () => target.close(),
  };
}

const noHooks: CommitHooks = { beforeCommit: async () => {} };

function compareCounts(expected: Record<string, number>, found: Record<string, number>): void {
  const tables = new Map(Object.entries(found));
  for (const [table, count] of Object.entries(expected))
    if (tables.get(table) !== count)
      throw damaged(`its table ${table} has ${tables.get(table) ?? 'no'} rows instead of ${count}`);
}

/** Makes the copy a new installation: clients fetch everything anew, and processes of the former one are not its own. */
async function adapt(db: Db, counts: Record<string, number>): Promise<void> {
  try {
    await deleteTransientRows(db, Object.keys(counts));
    await renewEpoch(db);
  } finally {
    await db.close();
  }
}
