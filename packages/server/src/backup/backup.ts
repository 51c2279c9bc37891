/** `hoory backup`: database, files and keys of an installation in one archive, while the server runs. */
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { VERSION } from '@hoory/contract';
import type { Config } from '../config.ts';
import { isFull } from '../db/kept-copies.ts';
import { openSnapshot } from '../db/open-snapshot.ts';
import type { DatabaseSnapshot } from '../db/snapshot.ts';
import { openFiles } from '../files/open.ts';
import { allFileKeys } from '../files/references.ts';
import type { FileStore } from '../files/store.ts';
import { newUuid } from '../secrets.ts';
import { ByteReader } from './byte-reader.ts';
import { BackupFailed } from './failure.ts';
import { format, type Identity, type Manifest, partBytes, partIn, partName } from './format.ts';
import type { Progress } from './progress.ts';
import { storedFiles } from './stored-files.ts';
import type { TarEntry } from './tar.ts';
import { type ArchiveContents, refuseExisting, writeArchive } from './write-archive.ts';

export interface BackupOptions {
  target: string;
  passphrase?: string | undefined;
  /** Whether an existing file is replaced. */
  force?: boolean;
  progress?: Progress;
  /** Stops the backup, and leaves nothing behind. */
  signal?: AbortSignal;
}

export interface Backup {
  /** Absolute path of the archive. */
  file: string;
  /** Bytes of the archive. */
  size: number;
  isEncrypted: boolean;
  manifest: Manifest;
}

/** Begins the names of the temporary files of a process, which are beside the target. A killed process leaves them. */
export const scratchPrefix = (pid: number): string => `.hoory-backup-${pid}-`;

/** Names of temporary files of any process. */
export const scratchPattern = /^\.hoory-backup-\d+-[0-9a-f-]{36}/;

/**
 * Copies the database first, then the files that its rows name: a file is stored before its row and never changes, so each file of the
 * copy is found, except those that were deleted meanwhile.
 * @throws BackupFailed, CannotCopy; what was at the target is unchanged then
 */
export async function makeBackup(
  config: Pick<Config, 'data' | 'databaseUrl' | 's3'>,
  { passphrase, force = false, progress, signal, ...options }: BackupOptions,
): Promise<Backup> {
  const target = resolve(options.target);
  const folder = dirname(target);
  if (!existsSync(folder))
    throw new BackupFailed(`There is no folder ${folder} for the backup. Create it first.`);
  refuseExisting(target, force);
  const scratch = join(folder, `${scratchPrefix(process.pid)}${newUuid()}`);
  try {
    progress?.say('copying the database');
    const startedAt = new Date();
    const snapshot = await openSnapshot(config, { scratch, ...(signal && { signal }) });
    try {
      const contents = await describe({ snapshot, files: openFiles(config), startedAt, progress });
      const written = await writeArchive(contents, {
        ...{ target, scratch, passphrase, force },
        ...(signal && { signal }),
      });
      return { file: target, isEncrypted: passphrase !== undefined, ...written };
    } finally {
      await snapshot.close();
    }
  } catch (error) {
    if (!isFull(error)) throw error;
    throw new BackupFailed(
      `The disk of ${folder} is full. ${basename(target)} was not written; nothing was changed.`,
    );
  } finally {
    progress?.end();
  }
}

interface Copied {
  snapshot: DatabaseSnapshot;
  files: FileStore;
  startedAt: Date;
  progress: Progress | undefined;
}

async function describe({ snapshot, files, startedAt, progress }: Copied): Promise<ArchiveContents> {
  const { engine, schemaVersion, postgres } = snapshot;
  const identity: Identity = {
    format,
    program: VERSION,
    engine,
    schema_version: schemaVersion,
    ...(postgres && { postgres }),
    created_at: startedAt.toISOString(),
  };
  const counts = await snapshot.counts();
  let missing_files = 0;
  let stored = 0;
  async function* entries(): AsyncGenerator<TarEntry> {
    for await (const entry of partsOf(snapshot)) {
      progress?.say('database', (partIn(entry.name) ?? 0) * partBytes, snapshot.size);
      yield entry;
    }
    for await (const entry of storedFiles(files, snapshot.texts(allFileKeys), () => missing_files++)) {
      stored++;
      progress?.say(`file ${stored}`);
      yield entry;
    }
  }
  return { identity, entries: entries(), summary: () => ({ counts, files: stored, missing_files }) };
}

/** The database in parts, each of which is in memory: a dump has no size before it has ended. */
async function* partsOf(snapshot: DatabaseSnapshot): AsyncGenerator<TarEntry> {
  const reader = new ByteReader(snapshot.bytes(), () => new Error('The database ended early'));
  for (let number = 1; !(await reader.isAtEnd()); number++) {
    const part = await reader.readUpTo(partBytes);
    yield { name: partName(number), size: part.length, content: [part] };
  }
}
