/** Stored files outside of messages, the only writer of their table: pictures with an owner, and uploads of agents. */
import type { App } from '../app.ts';
import type { Sql, Tx } from '../db/db.ts';
import type { BlobRow } from '../db/tables.ts';
import { invalid } from '../errors.ts';
import type { Upload } from '../http/upload.ts';
import { hmacName, isSame } from '../secrets.ts';
import { fileAddress } from './address.ts';
import { describeUploads, thumbName } from './attachments.ts';
import { discardFiles } from './discard.ts';

/** Largest picture, in bytes (what the reference allows). */
export const maxPictureBytes = 15 * 1024 * 1024;

/** A file of this request, described as a row. */
export interface StorableFile extends Pick<BlobRow, 'file_key' | 'file_name' | 'content_type' | 'file_size'> {
  /** Removed after the request unless it is used. */
  upload: Upload;
}

/**
 * The picture among the uploads, made small where it can be; undefined when there is none.
 * @throws invalid on `avatar` for what is no picture
 */
export async function readPicture(app: App, uploads: Upload[]): Promise<StorableFile | undefined> {
  const upload = uploads.find(({ field }) => field === 'avatar');
  if (!upload) return undefined;
  const known = uploads.length;
  const [described] = await describeUploads(app, uploads);
  if (described?.file_type !== 'image') throw invalid('avatar', 'Avatar is not a picture');
  if (upload.size > maxPictureBytes) throw invalid('avatar', 'Avatar is larger than 15 MB');
  const small = uploads[known];
  const kept = small ?? upload;
  const file_name = described.file_name ?? 'avatar';
  return {
    upload: kept,
    file_key: kept.key,
    file_name: small ? thumbName(file_name) : file_name,
    content_type: small ? small.content_type : (described.content_type ?? 'application/octet-stream'),
    file_size: kept.size,
  };
}

interface BlobOwner {
  account_id: number | null;
  owner: string | null;
}

/** Inserts a file of the request, in place of the owner's former one. @returns its row */
export async function insertBlob(
  app: App,
  tx: Tx,
  place: BlobOwner,
  { upload, ...file }: StorableFile,
): Promise<BlobRow> {
  if (place.owner !== null) await deletePicture(app, tx, place.owner);
  const [id] = (await tx.nextIds('blobs', 1)) as [number];
  const row: BlobRow = { ...place, ...file, id, created_at: app.now() };
  await tx.insertMany('blobs', [row]);
  tx.afterCommit(() => {
    upload.isUsed = true;
  });
  return row;
}

/** Address without credentials, valid while the file is stored. */
export const blobAddress = (app: App, { id, file_name }: Pick<BlobRow, 'id' | 'file_name'>): string =>
  fileAddress(app, id, 'blob', file_name);

/** Stores the picture of an owner. @returns its address */
export async function storePicture(
  app: App,
  tx: Tx,
  place: BlobOwner,
  picture: StorableFile,
): Promise<string> {
  return blobAddress(app, await insertBlob(app, tx, place, picture));
}

/** Removes the picture of an owner, if there is one. */
export async function deletePicture(app: App, tx: Tx, owner: string): Promise<void> {
  const row = await tx.get(tx.q.selectFrom('blobs').select(['id', 'file_key']).where('owner', '=', owner));
  if (!row) return;
  await tx.run(tx.q.deleteFrom('blobs').where('id', '=', row.id));
  tx.afterCommit(() => void discardFiles(app, [row.file_key]));
}

/** Moves the picture of one owner to another, who has none. */
export async function reassignPicture(tx: Tx, from: string, to: string): Promise<void> {
  await tx.run(tx.q.updateTable('blobs').set({ owner: to }).where('owner', '=', from));
}

const signatureOf = (app: App, id: number) => hmacName(app.installation.key, `upload:${id}`, 24);

/** The signed id that names an upload in later requests. */
export const signedId = (app: App, id: number): string => `${id}--${signatureOf(app, id)}`;

/** The upload of this account that a signed id names. */
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
