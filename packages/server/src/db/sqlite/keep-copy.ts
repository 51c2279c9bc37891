/** The copy of a SQLite file that a start keeps before it migrates. */
import { renameSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { renewEpoch } from '../../installation.ts';
import { isFull, keptCopy, noSpaceForCopy, removeOlderCopies } from '../kept-copies.ts';
import { copySqlite, removeSqlite, sizeOfSqlite } from './copy.ts';

/**
 * Keeps a copy of the file at `path`, whose version is `version`, beside it. The copy has an epoch of its own, so that clients fetch
 * everything anew when it takes the place of the file. @throws CannotCopy when the disk is full
 */
export async function keepSqliteCopy(path: string, version: number): Promise<void> {
  const folder = dirname(path);
  const needed = sizeOfSqlite(path);
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  if (free < needed) throw noSpaceForCopy(folder, version, { needed, free });
  const target = keptCopy(path, version);
  const partial = `${target}.part`;
  removeSqlite(partial);
  try {
    await copySqlite(path, partial);
    // Most starts keep no copy, and whoever only migrates needs no database that is open for work.
    const { openSqlite } = await import('./sqlite.ts');
    const copy = openSqlite(partial, { beforeCommit: async () => {} });
    await renewEpoch(copy).finally(() => copy.close());
    renameSync(partial, target);
  } catch (error) {
    removeSqlite(partial);
    throw isFull(error) ? noSpaceForCopy(folder, version) : error;
  }
  await removeOlderCopies(path);
}
