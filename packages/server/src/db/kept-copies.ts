/** The copies of the database that a start keeps before it migrates. */
import { readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CannotCopy } from './cannot-copy.ts';
import { codeOf } from './database-failed.ts';

/** Copies of this many versions are kept. */
const versionsKept = 2;

/** The path of the copy of a database that is at `version`. @param path of SQLite's file, or begins the names of dumps */
export const keptCopy = (path: string, version: number): string => `${path}.version-${version}`;

/** Removes the copies of older versions. */
export async function removeOlderCopies(path: string): Promise<void> {
  const start = `${basename(path)}.version-`;
  const versions = readdirSync(dirname(path))
    .filter((name) => name.startsWith(start) && /^\d+$/.test(name.slice(start.length)))
    .map((name) => Number(name.slice(start.length)))
    .sort((a, b) => b - a);
  for (const version of versions.slice(versionsKept))
    await rm(join(dirname(path), `${start}${version}`), { force: true });
}

const megabytes = (bytes: number) => `${Math.ceil(bytes / 1024 / 1024)} MB`;

/** The start is refused, because the disk has no space for the copy. */
export const noSpaceForCopy = (
  folder: string,
  version: number,
  space?: { needed: number; free: number },
): CannotCopy =>
  new CannotCopy(
    `This version of Hoory changes the database, and keeps a copy of version ${version} before. ` +
      `${space ? `The copy takes ${megabytes(space.needed)}, and ${folder} has ${megabytes(space.free)} free.` : `The disk of ${folder} is full.`} ` +
      'Nothing was changed. Free some space; or make a backup on another disk with hoory backup, then start with HOORY_MIGRATION_COPY=off.',
  );

/** Whether an error says that the disk is full. */
export const isFull = (error: unknown): boolean => /^(ENOSPC|EDQUOT|EFBIG|SQLITE_FULL)/.test(codeOf(error));
