/** Removes unused files: those that a process killed during a request left behind, and uploads that no message took in a day. */
import type { App } from '../app.ts';
import type { Sql } from '../db/db.ts';
import { isAnyOf, isAnyTextOf } from '../db/dialect.ts';
import { discardFiles } from './discard.ts';

/** No request takes so long: a younger file may still become part of a message. */
const minAgeMs = 3_600_000;
/** Keys of one query. */
const batchSize = 500;

/** Sweeps one of the store's 256 folders at each call, the next one each time, so that a call stays short. */
export function openSweep(app: App): () => Promise<void> {
  let folder = 0;
  return async () => {
    const until = app.now() - minAgeMs;
    const findReferenced = (keys: readonly string[]) => findReferencedKeys(app.db, keys);
    const removed = await app.files.sweep({ folder, until, findReferenced });
    await deleteOldUploads(app);
    if (removed) app.log.info({ files: removed }, 'files of broken uploads were removed');
    folder = (folder + 1) % 256;
  };
}

/** An upload waits a day for its message, which gets a copy. */
const uploadLifeMs = 86_400_000;

async function deleteOldUploads(app: App): Promise<void> {
  const old = await app.db.all(
    app.db.q
      .selectFrom('blobs')
      .select(['id', 'file_key'])
      .where('owner', 'is', null)
      .where('created_at', '<=', app.now() - uploadLifeMs)
      .limit(batchSize),
  );
  if (!old.length) return;
  const ids = old.map(({ id }) => id);
  await app.db.write((tx) => tx.run(tx.q.deleteFrom('blobs').where(isAnyOf(tx, 'id', ids))));
  await discardFiles(
    app,
    old.map(({ file_key }) => file_key),
  );
}

/** Every column that refers to a stored file. A column that is missing here loses its files. */
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
