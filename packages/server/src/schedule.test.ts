/** Lines of the log about background work that fails. */
import { expect, it } from 'vitest';
import { openLog } from './log.ts';
import { openSchedule } from './schedule.ts';

it('logs the first of several failures, and when the work succeeds again', async () => {
  const log = openLog('silent');
  const lines: string[] = [];
  log.error = (_details: unknown, text?: string) => void lines.push(`error ${text}`);
  log.info = (text: unknown) => void lines.push(`info ${text}`);
  let runs = 0;
  const schedule = openSchedule(log, {
    name: 'packing',
    everyMs: 1,
    run: async () => {
      runs++;
      if (runs <= 3 || runs === 5) throw new Error('the disk is full');
    },
  });
  await expect.poll(() => runs).toBeGreaterThan(6);
  await schedule.close();
  expect(lines).toEqual([
    'error packing failed',
    'info packing works again',
    'error packing failed',
    'info packing works again',
  ]);
});
