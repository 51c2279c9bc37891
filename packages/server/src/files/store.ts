/** Where uploaded bytes are kept: one folder on disk. Keys are unguessable and never reach the wire. */
import { createReadStream, createWriteStream, type ReadStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { newUuid } from '../secrets.ts';

export interface FileStore {
  /** Streams to disk and answers the key. Nothing is left behind when the source fails. */
  put(source: Readable | Buffer[]): Promise<string>;
  /** Absolute path of a stored file, for tools that read files. */
  pathOf(key: string): string;
  /** Opens a stored file, or a range of it (`end` inclusive); undefined when it is gone. */
  open(
    key: string,
    range?: { start: number; end: number },
  ): Promise<{ size: number; stream: ReadStream } | undefined>;
  remove(key: string): Promise<void>;
}

/** Keeps files below `folder`, spread over 256 folders. */
export function openFileStore(folder: string): FileStore {
  const pathOf = (key: string) => join(folder, key.slice(0, 2), key);
  return {
    pathOf,
    put: async (source) => {
      const key = newUuid();
      const path = pathOf(key);
      await mkdir(dirname(path), { recursive: true });
      try {
        await pipeline(source as Readable, createWriteStream(`${path}.part`, { flush: true }));
        await rename(`${path}.part`, path);
      } catch (error) {
        await rm(`${path}.part`, { force: true });
        throw error;
      }
      return key;
    },
    open: async (key, range) => {
      const found = await stat(pathOf(key)).catch(() => undefined);
      return found && { size: found.size, stream: createReadStream(pathOf(key), range) };
    },
    remove: (key) => rm(pathOf(key), { force: true }),
  };
}
