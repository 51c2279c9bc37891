/** The passphrase of an archive, from a file or the environment: arguments are visible to all users of the machine. */
import { readFileSync } from 'node:fs';
import { codeOf } from '../db/database-failed.ts';
import { BackupFailed } from './failure.ts';

/** Bounds of the length in characters. */
const bounds = { least: 8, most: 1024 };

/**
 * The first line of the file, else `HOORY_BACKUP_PASSPHRASE`.
 * @throws BackupFailed for a file that cannot be read, and a passphrase that is too short or too long
 */
export function readPassphrase(
  env: Record<string, string | undefined>,
  file: string | undefined,
): string | undefined {
  const passphrase = file === undefined ? env.HOORY_BACKUP_PASSPHRASE : firstLine(file);
  if (passphrase === undefined || (passphrase === '' && file === undefined)) return undefined;
  if (passphrase.length < bounds.least || passphrase.length > bounds.most)
    throw new BackupFailed(
      `The passphrase has ${passphrase.length} characters; it needs ${bounds.least} to ${bounds.most}.`,
    );
  return passphrase;
}

function firstLine(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n.*$/s, '');
  } catch (error) {
    throw new BackupFailed(`The passphrase file ${file} cannot be read: ${codeOf(error) || error}.`);
  }
}
