/** The table `backups`: the archives that were written. It is the only writer. */
import { hostname } from 'node:os';
import type { Db, Sql } from '../db/db.ts';
import { newId } from '../db/new-ids.ts';
import type { BackupRow } from '../db/tables.ts';
import type { Backup } from './backup.ts';

/** Older rows are deleted. */
const rowsKept = 100;

/** Stores that an archive was written. */
export async function recordBackup(db: Db, { file, size, isEncrypted, manifest }: Backup): Promise<void> {
  await db.write(async (tx) => {
    const id = await newId(tx, 'backups');
    const row: BackupRow = {
      id,
      host: hostname(),
      file,
      size,
      is_encrypted: isEncrypted ? 1 : 0,
      missing_files: manifest.missing_files,
      created_at: Date.parse(manifest.created_at),
      finished_at: Date.now(),
    };
    await tx.insertMany('backups', [row]);
    await tx.run(tx.q.deleteFrom('backups').where('id', '<=', id - rowsKept));
  });
}

/** The archive with the newest contents; undefined when none was ever written. */
export const findLastBackup = (db: Sql): Promise<BackupRow | undefined> =>
  db.get(db.q.selectFrom('backups').selectAll().orderBy('created_at', 'desc').limit(1));
