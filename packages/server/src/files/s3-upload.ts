/** Uploads to a bucket: a small file in one request, a larger one in parts, of which at most two are in memory. */
import type { Readable } from 'node:stream';
import { elementsOf, type S3Client } from './s3-client.ts';

/** S3 requires parts of at least 5 MiB, except the last one. */
const partBytes = 8 * 1024 * 1024;

/** Stores `source` at `path`. A failed upload leaves no object. */
export async function putObject(client: S3Client, path: string, source: Readable | Buffer[]): Promise<void> {
  const parts = partsOf(source);
  const { value: first = Buffer.alloc(0) } = await parts.next();
  const second = first.length < partBytes ? undefined : (await parts.next()).value;
  if (second) await putParts(client, path, chain([first, second], parts));
  else await client.send({ method: 'PUT', path, body: first });
}

/** Splits the source into parts of `partBytes`; the last one may be smaller. */
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

/** A multipart upload. It is aborted after an error, because the service charges for parts of incomplete uploads. */
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
  // The service answers 200 before it joins the parts; an error of that is in the body.
  const [code] = elementsOf(await answer.text(), 'Code');
  if (code) throw new Error(`The file store could not join the parts of an upload: ${code}`);
}
