/** Uploads of any length to a bucket: in one request if the file is small, else in parts, of which two are in memory at most. */
import type { Readable } from 'node:stream';
import { elementsOf, type S3Client } from './s3-client.ts';

/** S3 wants parts of at least 5 MiB. */
const partBytes = 8 * 1024 * 1024;

/** Stores `source` at `path`. Nothing is stored when it fails. */
export async function putObject(client: S3Client, path: string, source: Readable | Buffer[]): Promise<void> {
  const parts = partsOf(source);
  const { value: first = Buffer.alloc(0) } = await parts.next();
  const second = first.length < partBytes ? undefined : (await parts.next()).value;
  if (second) await putParts(client, path, chain([first, second], parts));
  else await client.send({ method: 'PUT', path, body: first });
}

/** The bytes of the source in parts of one size, the last one smaller. */
async function* partsOf(source: Readable | Buffer[]): AsyncGenerator<Buffer, undefined> {
  const chunks: AsyncIterable<Buffer> | Iterable<Buffer> = source;
  let collected: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    for (let start = 0; start < chunk.length; ) {
      const piece = chunk.subarray(start, start + partBytes - size);
      collected.push(piece);
      size += piece.length;
      start += piece.length;
      if (size < partBytes) continue;
      yield Buffer.concat(collected);
      collected = [];
      size = 0;
    }
  }
  if (size) yield Buffer.concat(collected);
}

async function* chain(first: Buffer[], rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield* first;
  yield* rest;
}

/** A multipart upload, which is aborted when anything fails. */
async function putParts(client: S3Client, path: string, parts: AsyncIterable<Buffer>): Promise<void> {
  const begun = await client.send({ method: 'POST', path, query: { uploads: '' } });
  const [uploadId = ''] = elementsOf(await begun.text(), 'UploadId');
  try {
    const tags: string[] = [];
    for await (const body of parts) {
      const query = { partNumber: String(tags.length + 1), uploadId };
      const answer = await client.send({ method: 'PUT', path, query, body });
      tags.push(answer.headers.get('etag') ?? '');
    }
    await complete(client, { path, uploadId, tags });
  } catch (error) {
    await client.find({ method: 'DELETE', path, query: { uploadId } }).catch(() => {});
    throw error;
  }
}

interface Upload {
  path: string;
  uploadId: string;
  /** Entity tags of the parts, in order. */
  tags: readonly string[];
}

async function complete(client: S3Client, { path, uploadId, tags }: Upload): Promise<void> {
  const list = tags.map(
    (tag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${tag}</ETag></Part>`,
  );
  const body = `<CompleteMultipartUpload>${list.join('')}</CompleteMultipartUpload>`;
  const answer = await client.send({ method: 'POST', path, query: { uploadId }, body });
  // The service answers 200 before it joins the parts, so a failure of that is in the body.
  const [code] = elementsOf(await answer.text(), 'Code');
  if (code) throw new Error(`The file store could not put an upload together: ${code}`);
}
