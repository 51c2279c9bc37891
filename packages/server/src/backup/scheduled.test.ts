/** Backups that `serve` makes by itself. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { launch } from '../../test/command-line.ts';
import { emptyConfig } from '../../test/server.ts';
import { openLog } from '../log.ts';
import { type Metrics, openMetrics } from '../metrics.ts';
import type { Schedule } from '../schedule.ts';
import { openScheduledBackups } from './scheduled.ts';

const hourMs = 3_600_000;

describe('backups by schedule', () => {
  let folder: string;
  let now: number;
  let isFailing: boolean;
  let attempts: number;
  let metrics: Metrics;
  let schedule: Schedule;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hoory-scheduled-'));
    now = Date.UTC(2026, 0, 1);
    isFailing = false;
    attempts = 0;
    metrics = openMetrics();
  });
  afterEach(async () => {
    await schedule.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function open(): void {
    const write = async (file: string) => {
      attempts++;
      if (isFailing) throw new Error('The disk is full');
      writeFileSync(file, '');
    };
    const app = { log: openLog('silent'), metrics, now: () => now };
    schedule = openScheduledBackups(
      app,
      { folder, everyMs: 24 * hourMs, keep: 2 },
      { write, lookEveryMs: 5 },
    );
  }

  const archives = () => readdirSync(folder).sort();
  const failures = async () => (await metrics.backupFailures.get()).values[0]?.value;

  it('writes one when the newest is old enough, and keeps the newest', async () => {
    writeFileSync(join(folder, 'mine.backup'), '');
    open();
    await expect.poll(archives).toEqual(['hoory-20260101T000000Z.backup', 'mine.backup']);
    now += 23 * hourMs;
    await schedule.close();
    open();
    now += hourMs;
    await expect.poll(() => archives().length).toBe(3);
    now += 24 * hourMs;
    const expected = ['hoory-20260102T000000Z.backup', 'hoory-20260103T000000Z.backup', 'mine.backup'];
    await expect.poll(archives).toEqual(expected);
    expect(attempts).toBe(3);
  });

  it('removes none after a failure, counts it, and tries again later', async () => {
    open();
    await expect.poll(() => attempts).toBe(1);
    isFailing = true;
    now += 24 * hourMs;
    await expect.poll(failures).toBe(1);
    now += 24 * hourMs;
    await expect.poll(failures).toBe(2);
    expect(archives()).toEqual(['hoory-20260101T000000Z.backup']);
    isFailing = false;
    now += hourMs;
    await expect.poll(() => archives().length).toBe(2);
  });

  it('removes temporary files that a killed process left a day ago', async () => {
    const left = '.hoory-backup-7-0f4dd28a-9d26-4d7c-b9d4-ac7cf9c5a9d4.part';
    writeFileSync(join(folder, left), '');
    now = Date.now() + 25 * hourMs;
    open();
    await expect.poll(() => attempts).toBe(1);
    expect(archives()).not.toContain(left);
  });
});

it('serves while it writes archives into a folder', { timeout: 120_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hoory-scheduled-'));
  const fresh = await emptyConfig('sqlite', { HOORY_BACKUP: `${join(folder, 'made')},1h,2` });
  const server = launch(['serve'], fresh.env);
  try {
    await expect.poll(() => /ready at (\S+)/.exec(server.stdout())?.[1], { timeout: 60_000 }).toBeTruthy();
    const url = /ready at (\S+)/.exec(server.stdout())?.[1];
    const metrics = async () => (await fetch(`${url}/metrics`)).text();
    expect(await metrics()).toMatch(/hoory_backup_age_seconds \+Inf/);
    await expect.poll(metrics, { timeout: 60_000, interval: 500 }).toMatch(/hoory_backup_age_seconds \d/);
    expect(readdirSync(join(folder, 'made'))).toEqual([
      expect.stringMatching(/^hoory-\d{8}T\d{6}Z\.backup$/),
    ]);
  } finally {
    server.process.kill('SIGTERM');
    expect(await server.ended).toMatchObject({ code: 0, stderr: '' });
    await fresh.release();
    rmSync(folder, { recursive: true, force: true });
  }
});
