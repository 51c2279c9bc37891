/**
 * `hoory restore`: an archive into an empty folder or database. The archive is read twice: once to check every byte of it, so that
 * nothing is written for a damaged one, and once to put its contents in place.
 */
import { existsSync, rmdirSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Config } from '../config.ts';
import { lockData } from '../db/data-lock.ts';
import { isFull } from '../db/kept-copies.ts';
import { latestVersion } from '../db/migrations.ts';
import { filesFolder } from '../files/open.ts';
import { openS3Store } from '../files/s3-store.ts';
import { type FileStore, openFileStore } from '../files/store.ts';
import { BackupFailed } from './failure.ts';
import type { Identity, Manifest } from './format.ts';
import type { Progress } from './progress.ts';
import { type ReadOptions, readArchive } from './read-archive.ts';
import { type DatabaseTarget, openDatabaseTarget } from './restore-database.ts';
import { refuseContents } from './restore-target.ts';

export interface RestoreOptions {
  /** The archive. */
  file: string;
  passphrase: string | undefined;
  progress?: Progress | undefined;
}

type Target = Pick<Config, 'data' | 'databaseUrl' | 's3'>;

/**
 * Checks an archive against its manifest and writes nothing.
 * @throws BackupFailed for an archive that cannot be restored by this version
 */
export async function checkArchive({ file, passphrase, progress }: RestoreOptions): Promise<Manifest> {
  const scratch = await mkdtemp(join(tmpdir(), 'hoory-check-'));
  try {
    return await readArchive(file, { identity: refuseNewer }, { passphrase, scratch, progress });
  } finally {
    progress?.end();
    await rm(scratch, { recursive: true, force: true });
  }
}

/** @throws BackupFailed, CannotCopy, DataInUse; folder, bucket and database are empty then, as they were */
export async function restore(config: Target, options: RestoreOptions): Promise<Manifest> {
  const isNew = !existsSync(config.data);
  const isLocked = existsSync(lockFile(config.data));
  await refuseContents(config);
  const unlock = lockData(config.data);
  let isDone = false;
  try {
    const manifest = await restoreInto(config, options);
    isDone = true;
    return manifest;
  } catch (error) {
    throw isFull(error)
      ? new BackupFailed(`The disk of ${config.data} is full. Nothing was restored.`)
      : error;
  } finally {
    options.progress?.end();
    unlock();
    if (!isDone && !isLocked) await rm(lockFile(config.data), { force: true });
    if (!isDone && isNew) rmdirSync(config.data);
  }
}

const lockFile = (data: string) => join(data, 'server.lock');

async function restoreInto(
  config: Target,
  { file, passphrase, progress }: RestoreOptions,
): Promise<Manifest> {
  const staging = await mkdtemp(join(config.data, '.restore-'));
  const reading = { passphrase, scratch: staging, progress };
  try {
    const engine = config.databaseUrl ? 'postgres' : 'sqlite';
    const check = async (identity: Identity) => {
      await refuseNewer(identity);
      refuseOtherEngine(identity, engine);
    };
    await readArchive(file, { identity: check }, reading);
    const database = await openDatabaseTarget(config, staging);
    try {
      return await place(config, { file, reading, database, staging });
    } finally {
      await database.close();
    }
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

interface Placing {
  file: string;
  reading: ReadOptions;
  database: DatabaseTarget;
  staging: string;
}

/** Puts the files in place, then the database: without it nothing is served, whenever this is killed. */
async function place({ data, s3 }: Target, { file, reading, database, staging }: Placing): Promise<Manifest> {
  const staged = join(staging, 'files');
  const files = s3 ? openS3Store(s3) : openFileStore(staged);
  try {
    const visitor = {
      identity: database.prepare,
      database: database.write,
      file: async (key: string, content: AsyncIterable<Buffer>) =>
        void (await files.put(Readable.from(content), key)),
    };
    const manifest = await readArchive(file, visitor, reading);
    if (!s3 && existsSync(staged)) await rename(staged, filesFolder(data));
    await database.finish(manifest);
    return manifest;
  } catch (error) {
    if (s3) await removeAll(files);
    else await rm(filesFolder(data), { recursive: true, force: true });
    throw error;
  }
}

/** Empties a bucket that was empty before. */
async function removeAll(files: FileStore): Promise<void> {
  const until = Number.POSITIVE_INFINITY;
  for (let folder = 0; folder < 256; folder++)
    await files.sweep({ folder, until, findReferenced: async () => new Set() });
}

/** @throws BackupFailed when a newer Hoory wrote the database */
async function refuseNewer({ engine, schema_version, program }: Identity): Promise<void> {
  const known = latestVersion(engine);
  if (schema_version > known)
    throw new BackupFailed(
      `The database in the archive is at version ${schema_version}, written by Hoory ${program}; this Hoory knows up to ${known}. ` +
        `Restore it with Hoory ${program} or newer.`,
    );
}

const databaseNames = { sqlite: 'SQLite', postgres: 'PostgreSQL' };

function refuseOtherEngine({ engine }: Identity, expected: Identity['engine']): void {
  if (engine === expected) return;
  const change =
    engine === 'postgres' ? 'Set DATABASE_URL to an empty PostgreSQL database' : 'Remove DATABASE_URL';
  throw new BackupFailed(
    `The archive has a ${databaseNames[engine]} database, and the settings name ${databaseNames[expected]}. ${change}, then restore again.`,
  );
}
