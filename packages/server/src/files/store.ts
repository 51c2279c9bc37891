/** The store of uploaded files: a folder on disk here, a bucket in `s3-store.ts`. Keys are random and never sent to clients. */
import { createReadStream, createWriteStream, type Dirent } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { newUuid } from '../secrets.ts';
import { writeFile } from './write-file.ts';

/** Offsets of the first and the last byte, from 0. */
export interface Range {
  start: number;
  end: number;
}

export interface Sweep {
  /** 0 to 255. */
  folder: number;
  /** Milliseconds since 1970: files that changed later are not removed. */
  until: number;
  /** The keys among these that a row refers to. */
  findReferenced(keys: string[]): Promise<Set<string>>;
}

export interface FileStore {
  /**
   * Stores the bytes. A source that fails leaves no file.
   * @param key for a file of another store, which keeps its key
   * @returns the key, a new one without `key`
   */
  put(source: Readable | Buffer[], key?: string): Promise<string>;
  /** Calls `use` with the path of a stored file, for libraries that read files; the path is valid until `use` has ended. */
  lend<Out>(key: string, use: (path: string) => Promise<Out>): Promise<Out>;
  /** Bytes of a stored file; undefined when it does not exist. */
  sizeOf(key: string): Promise<number | undefined>;
  /** Opens a stored file, or a range of it; undefined when it does not exist. */
  open(key: string, range?: Range): Promise<Readable | undefined>;
  remove(key: string): Promise<void>;
  /**
   * Removes old files of one folder that are incomplete or not referenced, such as a killed process leaves.
   * @returns their number
   */
  sweep(sweep: Sweep): Promise<number>;
  /** Whether nothing is stored. */
  isEmpty(): Promise<boolean>;
}

/** The path of a file below the root of any store. */
export const pathInStore = (key: string): string => `${key.slice(0, 2)}/${key}`;

/** The name of a folder: the first two hexadecimal digits of its keys. */
export const folderName = (folder: number): string => folder.toString(16).padStart(2, '0');

/** Stores files below `root`, in 256 folders. */
export function openFileStore(root: string): FileStore {
  const pathOf = (key: string) => join(root, pathInStore(key));
  return {
    put: async (source, key = newUuid()) => {
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
    isEmpty: async () =>
      !(await readdir(root, { recursive: true, withFileTypes: true }).catch(() => [])).some(isFile),
  };
}

const incomplete = '.part';

/** Writes to a temporary name and renames it, so that a file with its final name is complete and on the disk. */
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

const isFile = (entry: Dirent) => entry.isFile();

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
