/** Checks the age of the last backup. */
import { findLastBackup } from '../backup/store.ts';
import type { Config } from '../config.ts';
import type { Db } from '../db/db.ts';
import type { BackupRow } from '../db/tables.ts';
import { okUnless, type Verdict, warning } from './findings.ts';

const dayMs = 86_400_000;
/** Greatest age where no schedule says how often there should be one. */
const oldMs = 7 * dayMs;

const lost = 'Whatever came since then is lost with the disk';
const schedule =
  'HOORY_BACKUP=/var/backups/hoory,24h,7, in a folder on another disk; or `hoory backup` by your own schedule';

/** @param now milliseconds since 1970 */
export const checkBackup = async (config: Pick<Config, 'backup'>, db: Db, now: number): Promise<Verdict[]> =>
  judgeBackup(await findLastBackup(db), { everyMs: config.backup?.everyMs, now });

export function judgeBackup(
  last: Pick<BackupRow, 'created_at' | 'missing_files'> | undefined,
  { everyMs, now }: { everyMs: number | undefined; now: number },
): Verdict[] {
  if (!last)
    return [
      warning({
        found: 'No backup of this database was ever written',
        breaks: 'Everything is lost with the disk',
        change: schedule,
      }),
    ];
  const ageMs = now - last.created_at;
  const age = ageMs < dayMs ? `${Math.round(ageMs / 3_600_000)} hours` : `${Math.round(ageMs / dayMs)} days`;
  const faults: Verdict[] = [];
  // The next one may be in progress.
  if (ageMs > (everyMs ? everyMs * 2 : oldMs))
    faults.push(warning({ found: `The last backup is ${age} old`, breaks: lost, change: schedule }));
  if (last.missing_files > 0)
    faults.push(
      warning({
        found: `The last backup lacks ${last.missing_files} files that messages name`,
        breaks: 'These files cannot be opened, neither now nor after a restore',
        change: 'HOORY_DATA and S3_BUCKET, as the server has them; or restore the files from an older backup',
      }),
    );
  return okUnless(faults, `The last backup is ${age} old`);
}
