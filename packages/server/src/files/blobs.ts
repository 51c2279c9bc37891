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
export const largestPicture = 15 * 1024 * 1024;

/** A file of this request that may be kept. */
export interface Keepable extends Pick<BlobRow, 'file_key' | 'file_name' | 'content_type' | 'file_size'> {
  /** Its part of the request, which is removed after it unless it is kept. */
  upload: Upload;
}

/**
 * The picture among the uploads, made small where it can be; undefined when there is none.
 * @throws invalid on `avatar` for what is no picture
 */
export async function readPicture(app: App, uploads: Upload[]): Promise<Keepable | undefined> {
  const upload = uploads.find(({ field }) => field === 'avatar');
  if (!upload) return undefined;
  const known = uploads.length;
  const [described] = await describeUploads(app, uploads);
  if (described?.file_type !== 'image') throw invalid('avatar', 'Avatar is not a picture');
  if (upload.size > largestPicture) throw invalid('avatar', 'Avatar is larger than 15 MB');
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

interface Place {
  account_id: number | null;
  owner: string | null;
}

/** Keeps a file of the request; an owner's former one goes. @returns its row */
export async function keepBlob(
  app: App,
  tx: Tx,
  place: Place,
  { upload, ...file }: Keepable,
): Promise<BlobRow> {
  if (place.owner !== null) await dropPicture(app, tx, place.owner);
  const [id] = (await tx.nextIds('blobs', 1)) as [number];
  const row: BlobRow = { ...place, ...file, id, created_at: app.now() };
  await tx.insertMany('blobs', [row]);
  tx.afterCommit(() => {
    upload.kept = true;
  });
  return row;
}

/** Address without credentials, valid while the file is kept. */
export const blobAddress = (app: App, { id, file_name }: Pick<BlobRow, 'id' | 'file_name'>): string =>
  fileAddress(app, id, 'blob', file_name);

/** Keeps `picture` as the one of `owner`. @returns its address */
export async function keepPicture(app: App, tx: Tx, place: Place, picture: Keepable): Promise<string> {
  return blobAddress(app, await keepBlob(app, tx, place, picture));
}

/** Removes the picture of an owner, if there is one. */
export async function dropPicture(app: App, tx: Tx, owner: string): Promise<void> {
  const row = await tx.get(tx.q.selectFrom('blobs').select(['id', 'file_key']).where('owner', '=', owner));
  if (!row) return;
  await tx.run(tx.q.deleteFrom('blobs').where('id', '=', row.id));
  tx.afterCommit(() => void discardFiles(app, [row.file_key]));
}

/** Gives the picture of one owner to another, who has none. */
export async function passPicture(tx: Tx, from: string, to: string): Promise<void> {
  await tx.run(tx.q.updateTable('blobs').set({ owner: to }).where('owner', '=', from));
}

const signatureOf = (app: App, id: number) => hmacName(app.installation.key, `upload:${id}`, 24);

/** Names an upload in later requests; nobody can make one up. */
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
