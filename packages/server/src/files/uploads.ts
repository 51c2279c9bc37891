/** Verb of agents who upload a file before the message that uses it (application-api.md section 6.15). */
import { type agentUploads, type Input, MAX_ATTACHMENTS, type Output } from '@hoory/contract';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import { invalid, unprocessable } from '../errors.ts';
import type { RequestContext, Routes } from '../http/routes.ts';
import type { Upload } from '../http/upload.ts';
import { describeUploads } from './attachments.ts';
import { blobAddress, findUpload, insertBlob, signedId } from './blobs.ts';
import { fetchFile } from './fetch.ts';

type Endpoints = typeof agentUploads;

export const uploadRoutes: Routes<Endpoints> = { agentUpload: upload };

/**
 * Stores the file of the request, or the one at `external_url`.
 * @throws unprocessable 422 without both, and for a failed download
 */
async function upload(
  app: App,
  { account }: AgentCaller,
  { external_url }: Input<Endpoints['agentUpload']>,
  { uploads }: RequestContext,
): Promise<Output<Endpoints['agentUpload']>> {
  if (!uploads.length && external_url?.trim()) uploads.push(await fetchFile(app, external_url.trim()));
  const [first] = uploads;
  const [described] = await describeUploads(app, uploads);
  if (!first || !described?.file_name) throw unprocessable('No file or URL provided');
  const file = {
    upload: first,
    file_key: first.key,
    file_name: described.file_name,
    content_type: described.content_type ?? 'application/octet-stream',
    file_size: first.size,
  };
  return app.db.write(async (tx) => {
    const blob = await insertBlob(app, tx, { account_id: account.id, owner: null }, file);
    return { file_url: blobAddress(app, blob), blob_id: signedId(app, blob.id) };
  });
}

export interface AttachmentInput {
  account_id: number;
  /** Signed ids of uploads; blank ones are ignored. */
  signed: readonly string[] | undefined;
  /** Files of the request, to which copies of the uploads are added. */
  uploads: Upload[];
}

/**
 * Copies uploads of the account into this request, as if they had been sent with it.
 * @throws invalid 422 on `attachments` for an unknown id, and for more than `MAX_ATTACHMENTS` files
 */
export async function addUploads(
  app: App,
  { account_id, signed = [], uploads }: AttachmentInput,
): Promise<void> {
  const ids = signed.filter((id) => id.trim());
  if (uploads.length + ids.length > MAX_ATTACHMENTS)
    throw invalid('attachments', `Attachments are too many (maximum is ${MAX_ATTACHMENTS})`);
  for (const id of ids) uploads.push(await copyUpload(app, account_id, id));
}

async function copyUpload(app: App, account_id: number, signed: string): Promise<Upload> {
  const blob = await findUpload(app, app.db, { account_id, signed });
  const file = blob && (await app.files.open(blob.file_key));
  if (!blob || !file)
    throw invalid('attachments', 'Attachments must be files, or blob_id of uploads of this account');
  return {
    field: 'attachments',
    key: await app.files.put(file),
    file_name: blob.file_name,
    content_type: blob.content_type,
    size: blob.file_size,
    sha256: signed,
    isUsed: false,
  };
}
