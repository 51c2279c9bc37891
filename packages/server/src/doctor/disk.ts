/** Checks the data folder: free space, free files, and how long the disk takes to store a write. */
import { mkdtemp, open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { failed, okUnless, type Verdict, warning } from './findings.ts';

const megabyte = 1024 * 1024;
/** Free space in which a day of use no longer fits. */
const scarceBytes = 1024 * megabyte;
/** Free space in which the next large file does not fit. */
const exhaustedBytes = 128 * megabyte;
const scarceFiles = 10_000;

/** Milliseconds of one fsync. A group commit waits for one, so that messages of a batch are answered later by as much. */
const slowSyncMs = 25;
const unusableSyncMs = 250;
const syncs = 8;

/** @param folder `HOORY_DATA`; it must exist and be writable */
export async function checkDisk(folder: string): Promise<Verdict[]> {
  const { bavail, bsize, ffree, files } = await statfs(folder);
  const free = bavail * bsize;
  const syncMs = await measureSync(folder);
  const size = (bytes: number) =>
    bytes >= 10 * 1024 * megabyte
      ? `${Math.round(bytes / 1024 / megabyte)} GB`
      : `${Math.round(bytes / megabyte)} MB`;
  // Some file systems have no table of files and report 0 of 0.
  const faults = [
    judgeSpace(free, size(free)),
    judgeFiles(files > 0 ? ffree : scarceFiles),
    judgeSync(syncMs),
  ];
  return okUnless(
    faults.filter((fault) => fault !== undefined),
    `${size(free)} are free, and an fsync takes ${syncMs.toFixed(1)} ms`,
  );
}

const moreSpace =
  'Free or add disk at HOORY_DATA; HOORY_LOG_KEEP shortens the event log, S3_BUCKET moves files away';

export function judgeSpace(free: number, size: string): Verdict | undefined {
  if (free >= scarceBytes) return undefined;
  const found = `${size} are free on the disk of HOORY_DATA`;
  if (free < exhaustedBytes)
    return failed({
      found,
      breaks: 'Writes are refused with 503 as soon as the disk is full',
      change: moreSpace,
    });
  return warning({ found, breaks: 'Writes will be refused when the disk is full', change: moreSpace });
}

export const judgeFiles = (free: number): Verdict | undefined =>
  free >= scarceFiles
    ? undefined
    : warning({
        found: `The file system of HOORY_DATA has room for ${free} more files`,
        breaks: 'Uploads are refused when none is left',
        change: 'Free inodes, or move uploads to S3_BUCKET',
      });

export function judgeSync(syncMs: number): Verdict | undefined {
  if (syncMs < slowSyncMs) return undefined;
  const found = `An fsync on the disk of HOORY_DATA takes ${Math.round(syncMs)} ms`;
  const change = 'Put HOORY_DATA on a local SSD, not on a network file system';
  if (syncMs < unusableSyncMs)
    return warning({ found, breaks: 'Each message is answered later by as much on SQLite', change });
  return failed({ found, breaks: 'The server stores a few batches a second on SQLite', change });
}

/** Milliseconds of an fsync after a small write, the median of several. */
async function measureSync(folder: string): Promise<number> {
  const own = await mkdtemp(join(folder, 'doctor-'));
  try {
    const file = await open(join(own, 'sync'), 'w');
    try {
      const times: number[] = [];
      for (let round = 0; round < syncs; round++) {
        const start = performance.now();
        await file.write(Buffer.alloc(4096), 0, 4096, round * 4096);
        await file.sync();
        times.push(performance.now() - start);
      }
      return times.sort((a, b) => a - b)[syncs >> 1] ?? 0;
    } finally {
      await file.close();
    }
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}
