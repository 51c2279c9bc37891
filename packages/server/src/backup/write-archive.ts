/** Writes an archive to a temporary file, and gives it its name when it is complete and on the disk. */
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import { encrypt } from './encryption.ts';
import { EntryList } from './entry-list.ts';
import { BackupFailed } from './failure.ts';
import { type Identity, identityName, listName, type Manifest, manifestName } from './format.ts';
import { type TarEntry, writeTar } from './tar.ts';

export interface ArchiveContents {
  identity: Identity;
  /** Database and files. */
  entries: AsyncIterable<TarEntry>;
  /** Called after the last of `entries`. */
  summary(): Omit<Manifest, keyof Identity | 'entries'>;
}

export interface ArchiveOptions {
  target: string;
  /** Begins the names of temporary files beside the target. */
  scratch: string;
  passphrase: string | undefined;
  /** Whether an existing file is replaced. */
  force: boolean;
  signal?: AbortSignal;
}

/** @returns the manifest, and the bytes of the file. @throws BackupFailed when the target exists; and errors of the disk */
export async function writeArchive(
  contents: ArchiveContents,
  { target, scratch, passphrase, force, signal }: ArchiveOptions,
): Promise<{ manifest: Manifest; size: number }> {
  const partial = `${scratch}.part`;
  const listPath = `${scratch}.list`;
  const list = await EntryList.open(listPath);
  const state: { manifest?: Manifest } = {};
  const tar = writeTar(
    allEntries(contents, list, async () => {
      const { identity, summary } = contents;
      state.manifest = { ...identity, ...summary(), entries: await list.close() };
      return { manifest: state.manifest, listPath };
    }),
  );
  try {
    await pipeline(
      tar,
      // The fastest level: the backup shares the processor with the server, and most files are compressed already.
      createGzip({ level: constants.Z_BEST_SPEED, chunkSize: 64 * 1024 }),
      (zipped: AsyncIterable<Buffer>) => (passphrase === undefined ? zipped : encrypt(zipped, passphrase)),
      // Only its owner may read it: it has the tokens and the keys of the installation.
      createWriteStream(partial, { flags: 'wx', mode: 0o600, flush: true }),
      ...(signal ? [{ signal }] : []),
    );
    const { size } = await stat(partial);
    refuseExisting(target, force);
    await rename(partial, target);
    await syncFolder(dirname(target));
    if (!state.manifest) throw new Error('The archive has no manifest');
    return { manifest: state.manifest, size };
  } finally {
    await list.close().catch(() => {});
    await rm(partial, { force: true });
    await rm(listPath, { force: true });
  }
}

/** @throws BackupFailed when the target exists, unless it may be replaced */
export function refuseExisting(target: string, force: boolean): void {
  if (!force && existsSync(target))
    throw new BackupFailed(`${target} exists already. Choose another name, or replace it with --force.`);
}

/** The entries of `format.ts` in their order. */
async function* allEntries(
  { identity, entries }: ArchiveContents,
  list: EntryList,
  finish: () => Promise<{ manifest: Manifest; listPath: string }>,
): AsyncGenerator<TarEntry> {
  for await (const each of prepend(toEntry(identityName, identity), entries)) {
    const { entry, added } = list.watch(each);
    yield entry;
    await added();
  }
  const { manifest, listPath } = await finish();
  yield { name: listName, size: list.size, content: createReadStream(listPath) };
  yield toEntry(manifestName, manifest);
}

async function* prepend(first: TarEntry, rest: AsyncIterable<TarEntry>): AsyncGenerator<TarEntry> {
  yield first;
  yield* rest;
}

function toEntry(name: string, value: object): TarEntry {
  const content = Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
  return { name, size: content.length, content: [content] };
}

/** A new name is on the disk once its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
}
