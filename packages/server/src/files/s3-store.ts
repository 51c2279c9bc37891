/** The file store in a bucket of an S3-compatible service, in the same layout as on disk. */
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { S3Settings } from '../config.ts';
import { newUuid } from '../secrets.ts';
import { elementsOf, openS3Client, type S3Client } from './s3-client.ts';
import { putObject } from './s3-upload.ts';
import { type FileStore, folderName, pathInStore, type Range, type Sweep } from './store.ts';
import { writeFile } from './write-file.ts';

/** Stores files in a bucket that has no other objects. Nothing is sent to the service before the first file. */
export function openS3Store(settings: S3Settings): FileStore {
  const client = openS3Client(settings);
  return {
    put: async (source, key = newUuid()) => {
      await putObject(client, pathInStore(key), source);
      return key;
    },
    lend: (key, use) => lend(client, key, use),
    sizeOf: async (key) => {
      const answer = await client.find({ method: 'HEAD', path: pathInStore(key) });
      return answer && Number(answer.headers.get('content-length'));
    },
    open: (key, range) => open(client, key, range),
    remove: async (key) => {
      await client.find({ method: 'DELETE', path: pathInStore(key) });
    },
    sweep: (sweep) => removeOld(client, sweep),
    isEmpty: async () => {
      const answer = await client.send({ method: 'GET', query: { 'list-type': '2', 'max-keys': '1' } });
      return elementsOf(await answer.text(), 'Key').length === 0;
    },
  };
}

async function open(client: S3Client, key: string, range?: Range): Promise<Readable | undefined> {
  const headers = range && { range: `bytes=${range.start}-${range.end}` };
  const answer = await client.find({ method: 'GET', path: pathInStore(key), ...(headers && { headers }) });
  // At run time `fetch` returns the stream of `node:stream/web`; only its type is that of browsers.
  return answer && Readable.fromWeb((answer.body ?? new Blob().stream()) as ReadableStream);
}

/** Downloads the file to a temporary folder, which is removed when `use` has ended. @throws when the file does not exist */
async function lend<Out>(client: S3Client, key: string, use: (path: string) => Promise<Out>): Promise<Out> {
  const folder = await mkdtemp(join(tmpdir(), 'hoory-file-'));
  try {
    const stream = await open(client, key);
    if (!stream) throw new Error('The file does not exist in the bucket');
    const path = join(folder, key);
    await writeFile(stream, createWriteStream(path));
    return await use(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function removeOld(client: S3Client, { folder, until, findReferenced }: Sweep): Promise<number> {
  const prefix = `${folderName(folder)}/`;
  let removed = 0;
  let token: string | undefined;
  do {
    const query = {
      'list-type': '2',
      prefix,
      ...(token !== undefined && { 'continuation-token': token }),
    };
    const text = await (await client.send({ method: 'GET', query })).text();
    [token] = elementsOf(text, 'NextContinuationToken');
    const old = keysIn(text, prefix, until);
    const referenced = await findReferenced(old);
    for (const key of old) {
      if (referenced.has(key)) continue;
      await client.send({ method: 'DELETE', path: pathInStore(key) });
      removed++;
    }
  } while (token !== undefined);
  return removed;
}

/** Keys of the files in a listing that were last changed before `until`, in milliseconds. */
const keysIn = (listing: string, prefix: string, until: number): string[] =>
  elementsOf(listing, 'Contents').flatMap((entry) => {
    const [path = ''] = elementsOf(entry, 'Key');
    const [changed = ''] = elementsOf(entry, 'LastModified');
    const key = path.slice(prefix.length);
    return pathInStore(key) === path && Date.parse(changed) < until ? [key] : [];
  });
