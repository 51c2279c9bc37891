/** The file store in a bucket of an S3-compatible service, in the same layout as on disk. */
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import type { AwsClient } from 'aws4fetch';
import type { S3Settings } from '../config.ts';
import { newUuid, sha256 } from '../secrets.ts';
import type { FileStore } from './store.ts';

/** Bytes held in memory for each upload, and size of the parts of large ones; S3 wants at least 5 MiB. */
const partSize = 8 * 1024 * 1024;
/** Milliseconds until the service has answered; a body may take longer. */
const timeoutMs = 60_000;

interface Ask {
  method: string;
  key?: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: Buffer | string;
}

/** Keeps files in a bucket that holds nothing else. Nothing is asked before the first file. */
export function openS3Store(settings: S3Settings): FileStore {
  let client: AwsClient | undefined;

  async function ask({ method, key = '', query, headers, body }: Ask): Promise<Response> {
    const { AwsClient } = await import('aws4fetch');
    client ??= new AwsClient({
      accessKeyId: settings.accessKeyId,
      secretAccessKey: settings.secretAccessKey,
      region: settings.region,
      service: 's3',
      retries: 3,
    });
    return client.fetch(addressOf(settings, key, query), {
      method,
      headers: { ...headers, 'x-amz-content-sha256': sha256(body ?? '') },
      ...(body !== undefined && { body: typeof body === 'string' ? body : new Uint8Array(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    });
  }

  /** The answer, which must be a success. @throws with the service's own code */
  async function demand(request: Ask): Promise<Response> {
    const answer = await ask(request);
    if (answer.ok) return answer;
    throw await faultOf(request, answer);
  }

  /** Undefined for what is not there. */
  async function find(request: Ask): Promise<Response | undefined> {
    const answer = await ask(request);
    if (answer.ok) return answer;
    if (answer.status !== 404) throw await faultOf(request, answer);
    await answer.body?.cancel();
    return undefined;
  }

  async function putParts(key: string, parts: AsyncIterable<Buffer>): Promise<void> {
    const begun = await demand({ method: 'POST', key, query: { uploads: '' } });
    const [uploadId = ''] = textsOf(await begun.text(), 'UploadId');
    try {
      const tags: string[] = [];
      for await (const body of parts) {
        const query = { partNumber: String(tags.length + 1), uploadId };
        const answer = await demand({ method: 'PUT', key, query, body });
        tags.push(answer.headers.get('etag') ?? '');
      }
      const list = tags.map(
        (tag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${tag}</ETag></Part>`,
      );
      const body = `<CompleteMultipartUpload>${list.join('')}</CompleteMultipartUpload>`;
      const done = await demand({ method: 'POST', key, query: { uploadId }, body });
      // The service answers 200 before it has put the parts together.
      const [code] = textsOf(await done.text(), 'Code');
      if (code) throw new Error(`The file store could not put an upload together: ${code}`);
    } catch (error) {
      await ask({ method: 'DELETE', key, query: { uploadId } }).catch(() => {});
      throw error;
    }
  }

  const open: FileStore['open'] = async (key, range) => {
    const headers = range && { range: `bytes=${range.start}-${range.end}` };
    const answer = await find({ method: 'GET', key: pathOf(key), ...(headers && { headers }) });
    return answer && Readable.fromWeb((answer.body ?? new Blob().stream()) as ReadableStream);
  };

  return {
    put: async (source) => {
      const key = newUuid();
      const path = pathOf(key);
      const parts = partsOf(source);
      const { value: first = Buffer.alloc(0) } = await parts.next();
      const { value: second } = first.length < partSize ? { value: undefined } : await parts.next();
      if (second) await putParts(path, all([first, second], parts));
      else await demand({ method: 'PUT', key: path, body: first });
      return key;
    },
    lend: async (key, use) => {
      const folder = await mkdtemp(join(tmpdir(), 'hoory-file-'));
      try {
        const stream = await open(key);
        if (!stream) throw new Error('The file is gone');
        const path = join(folder, key);
        await pipeline(stream, createWriteStream(path));
        return await use(path);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    sizeOf: async (key) => {
      const answer = await find({ method: 'HEAD', key: pathOf(key) });
      return answer && Number(answer.headers.get('content-length'));
    },
    open,
    remove: async (key) => {
      await find({ method: 'DELETE', key: pathOf(key) });
    },
    sweep: async (number, until, findNamed) => {
      const folder = number.toString(16).padStart(2, '0');
      let left = 0;
      let token: string | undefined;
      do {
        const query = {
          'list-type': '2',
          prefix: `${folder}/`,
          ...(token !== undefined && { 'continuation-token': token }),
        };
        const text = await (await demand({ method: 'GET', query })).text();
        [token] = textsOf(text, 'NextContinuationToken');
        const old = textsOf(text, 'Contents').flatMap((entry) => {
          const [path = ''] = textsOf(entry, 'Key');
          const [changed = ''] = textsOf(entry, 'LastModified');
          const key = path.slice(folder.length + 1);
          return pathOf(key) === path && Date.parse(changed) < until ? [key] : [];
        });
        const named = await findNamed(old);
        for (const key of old.filter((one) => !named.has(one))) {
          await demand({ method: 'DELETE', key: pathOf(key) });
          left++;
        }
      } while (token !== undefined);
      return left;
    },
  };
}

const pathOf = (key: string) => `${key.slice(0, 2)}/${key}`;

/** With the bucket in the path, or before the host. */
function addressOf(
  { endpoint, bucket, pathStyle }: S3Settings,
  key: string,
  query?: Record<string, string>,
): URL {
  const url = new URL(endpoint);
  const path = url.pathname.replace(/\/$/, '');
  if (pathStyle) url.pathname = `${path}/${bucket}/${key}`;
  else {
    url.hostname = `${bucket}.${url.hostname}`;
    url.pathname = `${path}/${key}`;
  }
  for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
  return url;
}

/** The bytes of the source in parts of one size, the last one smaller; never more than a part is held. */
async function* partsOf(source: Readable | Buffer[]): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let size = 0;
  for await (const chunk of source as AsyncIterable<Buffer>) {
    for (let start = 0; start < chunk.length; ) {
      const piece = chunk.subarray(start, start + partSize - size);
      held.push(piece);
      size += piece.length;
      start += piece.length;
      if (size < partSize) continue;
      yield Buffer.concat(held);
      held = [];
      size = 0;
    }
  }
  if (size) yield Buffer.concat(held);
}

async function* all(first: Buffer[], rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield* first;
  yield* rest;
}

/** What the elements of this name hold, in their order; enough for the few answers that are read here. */
function textsOf(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, 'gs'))].map(([, text = '']) =>
    text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'),
  );
}

async function faultOf({ method }: Ask, answer: Response): Promise<Error> {
  const [code = ''] = textsOf(await answer.text().catch(() => ''), 'Code');
  return new Error(`The file store answered ${answer.status} ${code} to ${method}`);
}
