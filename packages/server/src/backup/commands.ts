/** The commands `hoory backup` and `hoory restore`. */
import type { Command } from 'commander';
import type { CommandTools } from '../bench/commands.ts';
import { environment, readConfig } from '../config.ts';
import { latestVersion } from '../db/migrations.ts';
import { duringStart, openDb } from '../db/open.ts';
import { type Backup, makeBackup } from './backup.ts';
import type { Manifest } from './format.ts';
import { readPassphrase } from './passphrase.ts';
import { openProgress } from './progress.ts';
import { checkArchive, restore } from './restore.ts';
import { recordBackup } from './store.ts';

interface BackupArguments {
  passphraseFile?: string;
  force?: boolean;
  json?: boolean;
}

interface RestoreArguments {
  passphraseFile?: string;
  check?: boolean;
  json?: boolean;
}

export function addBackups(program: Command, tools: CommandTools): void {
  addBackup(program, tools);
  addRestore(program, tools);
}

function addBackup(program: Command, { print, json }: CommandTools): void {
  program
    .command('backup')
    .description('write database, files and keys into one archive, while the server runs')
    .argument('<file>', 'the archive; it has all secrets of the installation')
    .option(
      '--passphrase-file <path>',
      'encrypt with the first line of this file (or HOORY_BACKUP_PASSPHRASE)',
    )
    .option('--force', 'replace an existing file')
    .addOption(json())
    .addHelpText(
      'after',
      `
Examples:
  $ hoory backup /var/backups/hoory.backup
  $ hoory backup /mnt/nas/hoory.backup --passphrase-file /etc/hoory/passphrase --json

Without a passphrase the archive is a tar.gz. Settings are not in it: keep your .env as well. HOORY_BACKUP=/var/backups,24h,7
makes hoory serve write one each day and keep seven.`,
    )
    .action(async (target: string, options: BackupArguments) => {
      const { json } = options;
      const { file, size: bytes, isEncrypted: encrypted, manifest } = await backUp(target, options);
      print({ file, bytes, encrypted, ...describe(manifest) }, json ? { json } : {});
    });
}

/** Writes the archive, and records it for the doctor and the metrics. */
async function backUp(target: string, { passphraseFile, force = false }: BackupArguments): Promise<Backup> {
  const env = environment();
  const config = readConfig(env);
  const passphrase = readPassphrase(env, passphraseFile);
  const options = { target, passphrase, force, signal: stopSignal() };
  const progress = openProgress();
  const backup = await duringStart(config, () =>
    makeBackup(config, { ...options, ...(progress && { progress }) }),
  );
  const { schema_version, engine, missing_files } = backup.manifest;
  // A database of another version has another table, or none.
  if (schema_version === latestVersion(engine)) await record(config, backup);
  if (missing_files)
    process.stderr.write(`${missing_files} files of messages are not in the store, nor in the archive.\n`);
  return backup;
}

async function record(config: ReturnType<typeof readConfig>, backup: Backup): Promise<void> {
  const db = await openDb(config, { beforeCommit: async () => {} });
  await recordBackup(db, backup).finally(() => db.close());
}

/** Ends the backup at a signal, so that its temporary files are removed. */
function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    process.once(signal, () => stop.abort(new Error(`The backup was stopped by ${signal}.`)));
  return stop.signal;
}

function addRestore(program: Command, { print, json }: CommandTools): void {
  program
    .command('restore')
    .description('put an archive of hoory backup into an empty folder or database')
    .argument('<file>', 'the archive')
    .option(
      '--passphrase-file <path>',
      'decrypt with the first line of this file (or HOORY_BACKUP_PASSPHRASE)',
    )
    .option('--check', 'only check the archive against its manifest')
    .addOption(json())
    .addHelpText(
      'after',
      `
Examples:
  $ HOORY_DATA=/var/lib/hoory hoory restore /var/backups/hoory.backup
  $ hoory restore --check /mnt/nas/hoory.backup --passphrase-file /etc/hoory/passphrase

Everything is checked before anything is written. Clients fetch everything anew from the restored server.`,
    )
    .action(async (file: string, { passphraseFile, check, json }: RestoreArguments) => {
      const env = environment();
      const config = readConfig(env);
      const options = { file, passphrase: readPassphrase(env, passphraseFile), progress: openProgress() };
      const manifest = check ? await checkArchive(options) : await restore(config, options);
      print({ [check ? 'checked' : 'restored']: file, ...describe(manifest) }, json ? { json } : {});
    });
}

const describe = ({
  program,
  engine,
  schema_version,
  created_at,
  counts,
  files,
  missing_files,
}: Manifest) => ({
  created_at,
  program,
  engine,
  schema_version,
  conversations: counts.conversations,
  messages: counts.messages,
  files,
  missing_files,
});
