/** Files that nobody needs: what a process that was killed in the middle of a request has left, and uploads past their day. */
import type { App } from '../app.ts';
import type { Sql } from '../db/db.ts';
import { isAnyOf, isAnyTextOf } from '../db/dialect.ts';
import { discardFiles } from './discard.ts';

/** No request lives so long, in milliseconds: a younger file may still become part of a message. */
const oldest = 3_600_000;
/** Keys asked for at once. */
const page = 500;

/** Sweeps one of the store's 256 folders at each call, the next one each time, so that a round stays short. */
export function openSweep(app: App): () => Promise<void> {
  let folder = 0;
  return async () => {
    const left = await app.files.sweep(folder, app.now() - oldest, (keys) => findNamed(app.db, keys));
    await dropOldUploads(app);
    if (left) app.log.info({ files: left }, 'files of broken uploads were removed');
    folder = (folder + 1) % 256;
  };
}

/** An upload waits a day for its message, which gets a copy. */
const uploadLife = 86_400_000;

async function dropOldUploads(app: App): Promise<void> {
  const old = await app.db.all(
    app.db.q
      .selectFrom('blobs')
      .select(['id', 'file_key'])
      .where('owner', 'is', null)
      .where('created_at', '<=', app.now() - uploadLife)
      .limit(page),
  );
  if (!old.length) return;
  const ids = old.map(({ id }) => id);
  await app.db.write((tx) => tx.run(tx.q.deleteFrom('blobs').where(isAnyOf(tx, 'id', ids))));
  await discardFiles(
    app,
    old.map(({ file_key }) => file_key),
  );
}

/** Every column that names a stored file: what is forgotten here is deleted. */
const isNamedBy = {
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

async function findNamed(db: Sql, keys: readonly string[]): Promise<Set<string>> {
  const named = new Set<string>();
  for (let start = 0; start < keys.length; start += page)
    for (const ask of Object.values(isNamedBy))
      for (const { key } of await db.all<{ key: string | null }>(ask(keys.slice(start, start + page), db)))
        if (key !== null) named.add(key);
  return named;
}
