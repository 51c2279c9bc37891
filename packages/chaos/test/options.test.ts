/** The command line of `npm run chaos`, and the schedule that follows from it. */
import { expect, test, vi } from 'vitest';
import { main } from '../src/cli.ts';
import { planFaults } from '../src/schedule.ts';

/** @returns the exit code and what was printed */
async function call(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const log = vi.spyOn(console, 'log').mockReturnValue();
  const error = vi.spyOn(console, 'error').mockReturnValue();
  try {
    const code = await main(args, {});
    return { code, stdout: log.mock.calls.join('\n'), stderr: error.mock.calls.join('\n') };
  } finally {
    log.mockRestore();
    error.mockRestore();
  }
}

test('help names every option, and a wrong option is refused with what is expected', async () => {
  const help = await call('--help');
  expect(help.code).toBe(0);
  expect(help.stdout).toContain('Example: npm run chaos -- --seed 7');
  const wrong = await call('--nodes', '2');
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain('add --db postgres');
});

test('one seed gives one schedule, with a restore in each three minutes that have begun', () => {
  const options = { seed: 7, nodes: 2, postgres: true, redis: true };
  const restoresIn = (minutes: number) =>
    planFaults({ ...options, minutes }).filter(({ plan }) => plan.name === 'restore a backup').length;
  expect([0.1, 3, 3.1, 9].map(restoresIn)).toEqual([1, 1, 2, 3]);
  const schedule = planFaults({ ...options, minutes: 3 });
  expect(schedule).toEqual(planFaults({ ...options, minutes: 3 }));
  expect(schedule).not.toEqual(planFaults({ ...options, minutes: 3, seed: 8 }));
  expect(schedule.map(({ atMs }) => atMs)).toEqual(schedule.map(({ atMs }) => atMs).sort((a, b) => a - b));
});
