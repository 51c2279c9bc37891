/** The dump of a PostgreSQL database that a start keeps before it migrates. */
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { CannotCopy } from '../cannot-copy.ts';
import { isFull, keptCopy, noSpaceForCopy, removeOlderCopies } from '../kept-copies.ts';
import { findProgram, type PostgresProgram } from './programs.ts';
import { dump } from './snapshot.ts';

export interface KeptDump {
  url: string;
  folder: string;
  /** Of the database now. */
  version: number;
  serverVersion: number;
  /** Called with advice when there is no `pg_dump`. */
  warn(text: string): void;
}

/**
 * Keeps a dump of the database in the folder. A server without a `pg_dump` only warns: it may be a managed one with copies of its own.
 * @throws CannotCopy when the dump fails or the disk is full
 */
export async function keepPostgresCopy({
  url,
  folder,
  version,
  serverVersion,
  warn,
}: KeptDump): Promise<void> {
  const program = await findDump(serverVersion, warn);
  if (!program) return;
  const path = join(folder, 'hoory.postgres');
  const target = keptCopy(path, version);
  const partial = `${target}.part`;
  try {
    await pipeline(
      dump(program, { url, compress: true }),
      createWriteStream(partial, { mode: 0o600, flush: true }),
    );
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { force: true });
    throw isFull(error) ? noSpaceForCopy(folder, version) : error;
  }
  await removeOlderCopies(path);
}

async function findDump(serverVersion: number, warn: KeptDump['warn']): Promise<PostgresProgram | undefined> {
  try {
    return await findProgram('pg_dump', serverVersion);
  } catch (error) {
    if (!(error instanceof CannotCopy)) throw error;
    warn(`the database is migrated without a copy of its former state. ${error.message}`);
    return undefined;
  }
}
