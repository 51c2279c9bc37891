/** Files that no message refers to, in the table `blobs`: pictures with an owner, and uploads of agents that wait for a message. */
import type { App } from '../app.ts';
import type { Sql, Tx } from '../db/db.ts';
import { isAnyOf } from '../db/dialect.ts';
import { newId } from '../db/new-ids.ts';
import type { BlobRow } from '../db/tables.ts';
import { invalid } from '../errors.ts';
import type { Upload } from '../http/upload.ts';
import { hmacName, isSame } from '../secrets.ts';
import { fileAddress } from './address.ts';
import { describeUploads, thumbName } from './attachments.ts';
import { discardFiles } from './discard.ts';

/** Largest picture of a profile, contact, inbox or bot, as in Chatwoot. */
export const maxPictureBytes = 15 * 1024 * 1024;

/** A file of this request with its columns in `blobs`. */
export interface StorableFile extends Pick<BlobRow, 'file_key' | 'file_name' | 'content_type' | 'file_size'> {
  /** The stored file, which is deleted after the request unless `isUsed` is set. */
  upload: Upload;
}

/**
 * The upload of the field `avatar`, reduced to a thumbnail if it can be decoded; undefined without one.
 * @throws invalid 422 on `avatar` for a file that is no picture, or larger than `maxPictureBytes`
 */
export async function readPicture(app: App, uploads: Upload[]): Promise<StorableFile | undefined> {
  const upload = uploads.find(({ field }) => field === 'avatar');
  if (!upload) return undefined;
  const received = uploads.length;
  const [described] = await describeUploads(app, uploads);
  if (described?.file_type !== 'image') throw invalid('avatar', 'Avatar is not a picture');
  if (upload.size > maxPictureBytes) throw invalid('avatar', 'Avatar is larger than 15 MB');
  const thumbnail = uploads[received];
  const stored = thumbnail ?? upload;
  const file_name = described.file_name ?? 'avatar';
  return {
    upload: stored,
    file_key: stored.key,
    file_name: thumbnail ? thumbName(file_name) : file_name,
    content_type: thumbnail ? thumbnail.content_type : (described.content_type ?? 'application/octet-stream'),
    file_size: stored.size,
  };
}

interface BlobOwner {
  account_id: number | null;
  /** Such as `contact:7`; null for an upload of an agent. */
  owner: string | null;
}

/** Inserts a file of the request, and deletes the owner's previous one. @returns its row */
export async function insertBlob(
  app: App,
  tx: Tx,
  { account_id, owner }: BlobOwner,
  { upload, ...file }: StorableFile,
): Promise<BlobRow> {
  if (owner !== null) await deletePicture(app, tx, owner);
  const id = await newId(tx, 'blobs');
  const row: BlobRow = { account_id, owner, ...file, id, created_at: app.now() };
  await tx.insertMany('blobs', [row]);
  tx.afterCommit(() => {
    upload.isUsed = true;
  });
  return row;
}

/** The URL of the file: it needs no credentials and is valid while the file is stored. */
export const blobAddress = (app: App, { id, file_name }: Pick<BlobRow, 'id' | 'file_name'>): string =>
  fileAddress(app, id, 'blob', file_name);

/** Stores the picture of an owner, instead of the previous one. @returns its URL */
export async function storePicture(
  app: App,
  tx: Tx,
  owner: BlobOwner,
  picture: StorableFile,
): Promise<string> {
  return blobAddress(app, await insertBlob(app, tx, owner, picture));
}

/** Deletes the picture of an owner, if there is one; its file after the commit. */
export async function deletePicture(app: App, tx: Tx, owner: string): Promise<void> {
  const row = await tx.get(tx.q.selectFrom('blobs').select(['id', 'file_key']).where('owner', '=', owner));
  if (!row) return;
  await tx.run(tx.q.deleteFrom('blobs').where('id', '=', row.id));
  tx.afterCommit(() => void discardFiles(app, [row.file_key]));
}

/** Gives the picture of one owner to another, which has none. */
export async function reassignPicture(tx: Tx, from: string, to: string): Promise<void> {
  await tx.run(tx.q.updateTable('blobs').set({ owner: to }).where('owner', '=', from));
}

const signatureOf = (app: App, id: number) => hmacName(app.installation.key, `upload:${id}`, 24);

/**
 * Deletes at most `limit` uploads of agents that are older.
 * @returns their keys in the file store, whose files the caller removes
 */
export async function deleteOldUploads(
  tx: Tx,
  { before, limit }: { before: number; limit: number },
): Promise<string[]> {
  const old = await tx.all(
    tx.q
      .selectFrom('blobs')
      .select(['id', 'file_key'])
      .where('owner', 'is', null)
      .where('created_at', '<=', before)
      .limit(limit),
  );
  const ids = old.map(({ id }) => id);
  if (ids.length) await tx.run(tx.q.deleteFrom('blobs').where(isAnyOf(tx, 'id', ids)));
  return old.map(({ file_key }) => file_key);
}

/** Whether there is an upload of an agent that is older: a read, so that a call every minute writes nothing. */
export const hasOldUploads = async (db: Sql, before: number): Promise<boolean> =>
  (await db.get(
    db.q
      .selectFrom('blobs')
      .select('id')
      .where('owner', 'is', null)
      .where('created_at', '<=', before)
      .limit(1),
  )) !== undefined;

/** The signed id that names an upload in later requests. */
export const signedId = (app: App, id: number): string => `${id}--${signatureOf(app, id)}`;

/** The account's upload with this signed id; undefined for a wrong signature and for an upload that was deleted. */
export async function findUpload(
  app: App,
  db: Sql,
  { account_id, signed }: { account_id: number; signed: string },
): Promise<BlobRow | undefined> {
  const [, digits, signature = ''] = /^(\d{1,15})--([\w-]+)$/.exec(signed) ?? [];
  if (!digits || !isSame(signature, signatureOf(app, Number(digits)))) return undefined;
  return db.get(
    db.q
      .selectFrom('blobs')
      .selectAll()
      .where('id', '=', Number(digits))
      .where('account_id', '=', account_id)
      .where('owner', 'is', null),
  );
}
