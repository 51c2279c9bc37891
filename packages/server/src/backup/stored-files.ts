/** Reads the files that rows name out of the store, for an archive. */
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { FileStore } from '../files/store.ts';
import { fileName } from './format.ts';
import type { TarEntry } from './tar.ts';

/** Files up to this size are read ahead, so that a bucket's latency counts once for several of them. */
const smallBytes = 1024 * 1024;
const readAhead = 8;
/** Attempts to read a file whose stream breaks. */
const attempts = 3;

/** @param missing called with each key that the store does not have */
export async function* storedFiles(
  files: FileStore,
  keys: AsyncIterable<string>,
  missing: (key: string) => void,
): AsyncGenerator<TarEntry> {
  const open = async (key: string) => ({ key, file: await openFile(files, key) });
  for await (const { key, file } of ahead(keys, open)) {
    const content = file && (Buffer.isBuffer(file) ? [file] : await streamOf(files, key, file));
    if (!file || !content) missing(key);
    else yield { name: fileName(key), size: Buffer.isBuffer(file) ? file.length : file.size, content };
  }
}

/** Calls `load` for a few items ahead of the one that is awaited; yields the results in order. */
async function* ahead<In, Out>(
  items: AsyncIterable<In>,
  load: (item: In) => Promise<Out>,
): AsyncGenerator<Out> {
  const loading: Promise<Out>[] = [];
  for await (const item of items) {
    const loaded = load(item);
    // A failure is thrown when this item is yielded.
    loaded.catch(() => {});
    loading.push(loaded);
    const first = loading.length > readAhead ? loading.shift() : undefined;
    if (first) yield await first;
  }
  for (const loaded of loading) yield await loaded;
}

/** A small file with its bytes, a larger one with its size, undefined when the store does not have it. */
async function openFile(files: FileStore, key: string): Promise<Buffer | { size: number } | undefined> {
  const size = await files.sizeOf(key);
  if (size === undefined || size > smallBytes) return size === undefined ? undefined : { size };
  return insist(async () => {
    const stream = await files.open(key);
    return stream && buffer(stream);
  });
}

async function insist<Out>(work: () => Promise<Out>): Promise<Out> {
  for (let attempt = 1; ; attempt++)
    try {
      return await work();
    } catch (error) {
      if (attempt === attempts) throw error;
    }
}

async function streamOf(
  files: FileStore,
  key: string,
  { size }: { size: number },
): Promise<AsyncIterable<Buffer> | undefined> {
  const stream = await files.open(key);
  return stream && resuming(files, { key, size, stream });
}

interface LargeFile {
  key: string;
  size: number;
  stream: Readable;
}

/** The bytes of a file. A stream that breaks is opened again where it broke, because its header is already in the archive. */
async function* resuming(files: FileStore, { key, size, stream }: LargeFile): AsyncGenerator<Buffer> {
  let read = 0;
  let current: Readable | undefined = stream;
  for (let attempt = 1; current; attempt++)
    try {
      for await (const chunk of current) {
        read += chunk.length;
        yield chunk;
      }
      return;
    } catch (error) {
      if (attempt === attempts) throw error;
      current = await files.open(key, { start: read, end: size - 1 });
    }
}
