/** Files that agents upload ahead of the message that will hold them (application-api.md section 6.15). */
import type { agentUploads, Input, Output } from '@hoory/contract';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import { unprocessable } from '../errors.ts';
import type { Upload } from '../http/body.ts';
import type { RequestContext, Routes } from '../http/routes.ts';
import { describeUploads } from './attachments.ts';
import { blobAddress, findUpload, keepBlob, signedId } from './blobs.ts';
import { discardFiles } from './discard.ts';
import { fetchFile } from './fetch.ts';

type Endpoints = typeof agentUploads;

export const uploadRoutes: Routes<Endpoints> = { agentUpload: upload };

/** @throws unprocessable without a file, or for an address that cannot be fetched */
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
    const blob = await keepBlob(app, tx, { account_id: account.id, owner: null }, file);
    return { file_url: blobAddress(app, blob), blob_id: signedId(app, blob.id) };
  });
}

/**
 * Uploads of the account by their signed ids, as if they had come with this request: the message gets copies.
 * @throws unprocessable for an id that names none
 */
export async function takeUploads(
  app: App,
  { account_id, signed }: { account_id: number; signed: readonly string[] },
): Promise<Upload[]> {
  const taken: Upload[] = [];
  for (const one of signed) {
    const blob = await findUpload(app, app.db, { account_id, signed: one });
    const file = blob && (await app.files.open(blob.file_key));
    if (!blob || !file) {
      await discardFiles(
        app,
        taken.map(({ key }) => key),
      );
      throw unprocessable('An attachment is neither a file nor the id of an upload');
    }
    taken.push({
      field: 'attachments',
      key: await app.files.put(file),
      file_name: blob.file_name,
      content_type: blob.content_type,
      size: blob.file_size,
      sha256: one,
      kept: false,
    });
  }
  return taken;
}
