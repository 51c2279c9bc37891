/** Removes unused files: those of requests during which a process was killed, and uploads that no message has used for a day. */
import type { App } from '../app.ts';
import type { Sql } from '../db/db.ts';
import { isAnyTextOf } from '../db/dialect.ts';
import { deleteOldUploads, hasOldUploads } from './blobs.ts';
import { discardFiles } from './discard.ts';

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

/** Every column that refers to a stored file. The sweep would delete the files of a column that is missing here. */
const references = {
  message: (keys: readonly string[], db: Sql) =>
    db.q
      .selectFrom('attachments')
      .select('file_key as key')
      .where(isAnyTextOf(db, 'file_key', keys)),
  thumbnail: (keys: readonly string[], db: Sql) =>
    db.q
      .selectFrom('attachments')
      .select('thumb_key as key')
      .where(isAnyTextOf(db, 'thumb_key', keys)),
  blob: (keys: readonly string[], db: Sql) =>
    db.q
      .selectFrom('blobs')
      .select('file_key as key')
      .where(isAnyTextOf(db, 'file_key', keys)),
};

async function findReferencedKeys(db: Sql, keys: readonly string[]): Promise<Set<string>> {
  const referenced = new Set<string>();
  for (let start = 0; start < keys.length; start += batchSize)
    for (const queryFor of Object.values(references)) {
      const batch = keys.slice(start, start + batchSize);
      for (const { key } of await db.all<{ key: string | null }>(queryFor(batch, db)))
        if (key !== null) referenced.add(key);
    }
  return referenced;
}
