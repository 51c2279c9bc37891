/** Where uploaded bytes are kept: one folder on disk here, a bucket in `s3-store.ts`. Keys are unguessable and never reach the wire. */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { newUuid } from '../secrets.ts';

export interface FileStore {
  /** Streams what comes into the store and answers the key. Nothing is left behind when the source fails. */
  put(source: Readable | Buffer[]): Promise<string>;
  /** Hands `use` the path of a stored file, for tools that read files; the path is good until it is done. */
  lend<Out>(key: string, use: (path: string) => Promise<Out>): Promise<Out>;
  /** Bytes of a stored file; undefined when it is gone. */
  sizeOf(key: string): Promise<number | undefined>;
  /** Opens a stored file, or a range of it (`end` inclusive); undefined when it is gone. */
  open(key: string, range?: { start: number; end: number }): Promise<Readable | undefined>;
  remove(key: string): Promise<void>;
  /**
   * Removes what a process that was killed during an upload has left, in one of the 256 folders: files last changed before
   * `until` (milliseconds) that are unfinished or not among those that `findNamed` answers. @returns how many
   */
  sweep(folder: number, until: number, findNamed: (keys: string[]) => Promise<Set<string>>): Promise<number>;
}

/** Keeps files below `folder`, spread over 256 folders. */
export function openFileStore(folder: string): FileStore {
  const pathOf = (key: string) => join(folder, key.slice(0, 2), key);
  return {
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
    lend: (key, use) => use(pathOf(key)),
    sizeOf: (key) =>
      stat(pathOf(key)).then(
        ({ size }) => size,
        () => undefined,
      ),
    open: async (key, range) => {
      const found = await stat(pathOf(key)).catch(() => undefined);
      return found && createReadStream(pathOf(key), range);
    },
    remove: (key) => rm(pathOf(key), { force: true }),
    sweep: async (number, until, findNamed) => {
      const place = join(folder, number.toString(16).padStart(2, '0'));
      const names = await readdir(place).catch(() => []);
      const old: string[] = [];
      for (const name of names) {
        const found = await stat(join(place, name)).catch(() => undefined);
        if (found && found.mtimeMs < until) old.push(name);
      }
      const named = await findNamed(old.filter((name) => !name.endsWith('.part')));
      const left = old.filter((name) => !named.has(name));
      for (const name of left) await rm(join(place, name), { force: true });
      return left.length;
    },
  };
}
