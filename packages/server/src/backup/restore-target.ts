/** The check that a restore finds an empty place. */
import { readdir } from 'node:fs/promises';
import type { Config } from '../config.ts';
import { filesFolder } from '../files/open.ts';
import { openS3Store } from '../files/s3-store.ts';
import { openFileStore } from '../files/store.ts';
import { BackupFailed } from './failure.ts';

/** Names that a new volume or a stopped server leaves in a data folder. */
const ignored = new Set(['lost+found', 'server.lock', 'server.lock-journal']);
const namesShown = 5;

/** @throws BackupFailed with what is in the folder, database or bucket */
export async function refuseContents({
  data,
  databaseUrl,
  s3,
}: Pick<Config, 'data' | 'databaseUrl' | 's3'>): Promise<void> {
  if (databaseUrl) await refuseTables(databaseUrl);
  else await refuseEntries(data);
  if (s3) {
    if (!(await openS3Store(s3).isEmpty()))
      throw new BackupFailed(`The bucket ${s3.bucket} is not empty. Restore into an empty bucket.`);
  } else if (!(await openFileStore(filesFolder(data)).isEmpty()))
    throw new BackupFailed(`${filesFolder(data)} has files. Restore into an empty folder: set HOORY_DATA.`);
}

async function refuseEntries(data: string): Promise<void> {
  const names = (await readdir(data).catch(() => [])).filter((name) => !ignored.has(name)).sort();
  if (names.length)
    throw new BackupFailed(
      `${data} is not empty, it has ${list(names)}. Restore into an empty folder: set HOORY_DATA.`,
    );
}

async function refuseTables(url: string): Promise<void> {
  const { openPostgresTarget } = await import('../db/postgres/restore.ts');
  const target = await openPostgresTarget(url);
  try {
    const names = await target.contents();
    if (names.length)
      throw new BackupFailed(
        `The database is not empty, it has ${list(names)}. Restore into an empty database: set DATABASE_URL.`,
      );
  } finally {
    await target.close();
  }
}

const list = (names: string[]) =>
  names.length > namesShown ? `${names.slice(0, namesShown).join(', ')} and more` : names.join(', ');
