/** The store of uploaded bytes: a folder on disk here, a bucket in `s3-store.ts`. Keys are unguessable and never reach the wire. */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { newUuid } from '../secrets.ts';
import { writeFile } from './write-file.ts';

/** Of bytes, both included. */
export interface Range {
  start: number;
  end: number;
}

export interface Sweep {
  /** One of 256. */
  folder: number;
  /** Milliseconds: only files last changed before are removed. */
  until: number;
  /** The keys among these that a row refers to. */
  findReferenced(keys: string[]): Promise<Set<string>>;
}

export interface FileStore {
  /** Stores the bytes under a new key, which it returns. Nothing is stored when the source fails. */
  put(source: Readable | Buffer[]): Promise<string>;
  /** Calls `use` with the path of a stored file, for tools that read files; the path is valid until `use` is done. */
  lend<Out>(key: string, use: (path: string) => Promise<Out>): Promise<Out>;
  /** Bytes of a stored file; undefined when it does not exist. */
  sizeOf(key: string): Promise<number | undefined>;
  /** Opens a stored file, or a range of it; undefined when it does not exist. */
  open(key: string, range?: Range): Promise<Readable | undefined>;
  remove(key: string): Promise<void>;
  /** Removes old files of one folder that are incomplete or not referenced, as a killed process leaves them. @returns how many */
  sweep(sweep: Sweep): Promise<number>;
}

/** The name of a folder: the first two digits of its keys. */
export const folderName = (folder: number): string => folder.toString(16).padStart(2, '0');

/** Keeps files below `root`, spread over 256 folders. */
export function openFileStore(root: string): FileStore {
  const pathOf = (key: string) => join(root, key.slice(0, 2), key);
  return {
    put: async (source) => {
      const key = newUuid();
      await write(pathOf(key), source);
      return key;
    },
    lend: (key, use) => use(pathOf(key)),
    sizeOf: async (key) => (await findStats(pathOf(key)))?.size,
    open: async (key, range) => {
      const path = pathOf(key);
      return (await findStats(path)) && createReadStream(path, range);
    },
    remove: (key) => rm(pathOf(key), { force: true }),
    sweep: (sweep) => removeOld(root, sweep),
  };
}

const incomplete = '.part';

/** The file has its name once it is complete and on the disk. */
async function write(path: string, source: Readable | Buffer[]): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const partial = `${path}${incomplete}`;
  try {
    await writeFile(source, createWriteStream(partial, { flush: true }));
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

const findStats = (path: string) => stat(path).catch(() => undefined);

async function removeOld(root: string, { folder, until, findReferenced }: Sweep): Promise<number> {
  const path = join(root, folderName(folder));
  const old: string[] = [];
  for (const name of await readdir(path).catch(() => [])) {
    const stats = await findStats(join(path, name));
    if (stats && stats.mtimeMs < until) old.push(name);
  }
  const referenced = await findReferenced(old.filter((name) => !name.endsWith(incomplete)));
  const unused = old.filter((name) => !referenced.has(name));
  for (const name of unused) await rm(join(path, name), { force: true });
  return unused.length;
}
