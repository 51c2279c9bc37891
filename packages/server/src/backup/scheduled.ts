/** Backups that `serve` makes by itself (`HOORY_BACKUP`), each in a process of its own with a low priority. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import type { App } from '../app.ts';
import type { BackupSettings } from '../config.ts';
import { collectOutput } from '../db/program-output.ts';
import { openSchedule, type Schedule } from '../schedule.ts';
import { scratchPattern, scratchPrefix } from './backup.ts';

/** Between two looks whether a backup is due. */
const lookEveryMs = 5000;
/** After a failure, unless the next backup is due earlier. */
const retryAfterMs = 10 * 60_000;
/** Temporary files of a killed process are older. */
const abandonedAfterMs = 86_400_000;

export interface ScheduledBackupOptions {
  /** Writes one archive; rejects when it was not written. */
  write?: (file: string, signal: AbortSignal) => Promise<void>;
  lookEveryMs?: number;
}

/**
 * Writes an archive into the folder whenever the newest one there is old enough, then removes the oldest ones. The names in the folder
 * say when the last one was written, so a restart neither forgets nor repeats one. Failures are logged and counted.
 */
export function openScheduledBackups(
  { log, metrics, now }: Pick<App, 'log' | 'metrics' | 'now'>,
  { folder, everyMs, keep }: BackupSettings,
  { write = runCommand, ...options }: ScheduledBackupOptions = {},
): Schedule {
  const stop = new AbortController();
  let notBefore = 0;

  async function run(): Promise<void> {
    await mkdir(folder, { recursive: true });
    const newest = (await listArchives(folder)).at(-1);
    if (now() < notBefore || (newest && now() - newest.at < everyMs)) return;
    await removeAbandoned(folder, now());
    const file = join(folder, nameAt(now()));
    try {
      await write(file, stop.signal);
    } catch (error) {
      if (stop.signal.aborted) return;
      metrics.backupFailures.inc();
      notBefore = now() + Math.min(everyMs, retryAfterMs);
      throw error;
    }
    log.info({ file }, 'a backup was written');
    for (const { name } of (await listArchives(folder)).slice(0, -keep)) await rm(join(folder, name));
  }

  const everyLookMs = options.lookEveryMs ?? lookEveryMs;
  const schedule = openSchedule(log, { name: 'backing up', everyMs: everyLookMs, run });
  return {
    close: async () => {
      stop.abort();
      await schedule.close();
    },
  };
}

const nameAt = (time: number): string =>
  `hoory-${new Date(time).toISOString().replace(/[-:]|\.\d+/g, '')}.backup`;

/** Archives that a schedule has written, the oldest first. */
async function listArchives(folder: string): Promise<{ name: string; at: number }[]> {
  const archives: { name: string; at: number }[] = [];
  for (const name of (await readdir(folder)).sort()) {
    const [, ...digits] = /^hoory-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z\.backup$/.exec(name) ?? [];
    const [year = 0, month = 0, day, ...time] = digits.map(Number);
    if (digits.length) archives.push({ name, at: Date.UTC(year, month - 1, day, ...time) });
  }
  return archives;
}

/** Removes temporary files of processes that were killed. */
async function removeAbandoned(folder: string, now: number, prefix?: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!scratchPattern.test(name)) continue;
    const path = join(folder, name);
    const stats = await stat(path).catch(() => undefined);
    const isOld = stats !== undefined && now - stats.mtimeMs > abandonedAfterMs;
    if (isOld || (prefix !== undefined && name.startsWith(prefix))) await rm(path, { force: true });
  }
}

/** Niceness of the process: messages come first. */
const niceness = 10;

/**
 * Runs `hoory backup`. A process of its own needs no turn of the event loop that answers requests, and no memory after its end.
 * @throws Error with what the command said
 */
async function runCommand(file: string, signal: AbortSignal): Promise<void> {
  const [node, cli = ''] = process.argv;
  const child = spawn(node ?? process.execPath, [...process.execArgv, cli, 'backup', file], {
    stdio: ['ignore', 'ignore', 'pipe'],
    signal,
  });
  // Lowering the priority of one's own child is allowed to everybody; the child may have ended already.
  try {
    if (child.pid) setPriority(child.pid, niceness);
  } catch {}
  const said = collectOutput(child.stderr);
  const [code] = await once(child, 'close');
  if (code === 0) return;
  if (child.pid) await removeAbandoned(join(file, '..'), 0, scratchPrefix(child.pid));
  throw new Error(said() || `hoory backup ended with ${code}`);
}
