/** Removes unused files: those of requests during which a process was killed, and uploads that no message has used for a day. */
import { sql } from 'kysely';
import type { App } from '../app.ts';
import type { Sql } from '../db/db.ts';
import { isAnyTextOf } from '../db/dialect.ts';
import { deleteOldUploads, hasOldUploads } from './blobs.ts';
import { discardFiles } from './discard.ts';
import { fileColumns } from './references.ts';

/** Longer than any request: a younger file may still get a row that refers to it. */
const minAgeMs = 3_600_000;
/** Keys in one query. */
const batchSize = 500;

/** Returns a job that sweeps one of the store's 256 folders at each call, one after another, so that a call stays short. */
export function openSweep(app: App): () => Promise<void> {
  let folder = 0;
  return async () => {
    const until = app.now() - minAgeMs;
    const findReferenced = (keys: readonly string[]) => findReferencedKeys(app.db, keys);
    const removed = await app.files.sweep({ folder, until, findReferenced });
    await discardOldUploads(app);
    if (removed) app.log.info({ files: removed }, 'unused files were removed');
    folder = (folder + 1) % 256;
  };
}

/** An upload is kept for a day. A message that uses it gets a copy, so it may be deleted after that. */
const uploadLifetimeMs = 86_400_000;

async function discardOldUploads(app: App): Promise<void> {
  const before = app.now() - uploadLifetimeMs;
  if (!(await hasOldUploads(app.db, before))) return;
  await discardFiles(app, await app.db.write((tx) => deleteOldUploads(tx, { before, limit: batchSize })));
}

async function findReferencedKeys(db: Sql, keys: readonly string[]): Promise<Set<string>> {
  const referenced = new Set<string>();
  for (let start = 0; start < keys.length; start += batchSize)
    for (const { table, column } of fileColumns) {
      const isAny = isAnyTextOf(db, column, keys.slice(start, start + batchSize));
      const rows = await db.all(
        sql<{ key: string }>`select ${sql.ref(column)} as key from ${sql.table(table)} where ${isAny}`,
      );
      for (const { key } of rows) referenced.add(key);
    }
  return referenced;
}
