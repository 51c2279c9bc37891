/** Short runs on real databases, with and without planted faults. */
import { rm } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { Report } from '../src/report.ts';
import { reportOf, runChaos } from './command-line.ts';

/** The machine may be busy with other tests; a run waits up to three minutes for the last event. */
const timeout = 480_000;
const missing = (variable: string) => !process.env[variable];

/** What must have happened in a run that says that nothing was violated. */
function expectWork(report: Report): void {
  expect(report.found).toEqual([]);
  expect(report.violations).toBe(0);
  expect(report.messages.acknowledged).toBe(report.messages.sent);
  expect(report.messages.sent).toBeGreaterThan(20);
  expect(report.writes.retried).toBeGreaterThan(0);
  for (const { events, followers } of Object.values(report.followers))
    expect(events).toBeGreaterThan(followers * 5);
  // The restore of a backup ends every position in the log.
  for (const kind of ['anycable', 'feed', 'sdk'])
    expect(report.followers[kind]?.told_to_fetch_anew).toBeGreaterThan(0);
  expect(report.webhooks.accepted).toBeGreaterThan(report.messages.sent);
  expect(report.folder).toBeUndefined();
}

describe('nothing is lost', () => {
  test('on SQLite', { timeout }, async () => {
    const ran = await runChaos(['--seed', '9', '--minutes', '0.35', '--json']);
    const report = reportOf(ran);
    expectWork(report);
    expect(ran.code).toBe(0);
    expect(report.faults).toMatchObject({
      'kill a node': expect.any(Number),
      'lose answers': expect.any(Number),
    });
    const kinds = ['anycable', 'feed', 'rails', 'sdk'];
    expect(Object.keys(report.followers)).toEqual(expect.arrayContaining(kinds));
  });

  const needed = ['HOORY_TEST_POSTGRES', 'HOORY_TEST_REDIS'];
  test.skipIf(needed.some(missing))('on two nodes with PostgreSQL and Redis', { timeout }, async () => {
    const place = ['--db', 'postgres', '--nodes', '2', '--redis', '--no-chromium'];
    const ran = await runChaos(['--seed', '4', '--minutes', '0.35', ...place, '--json']);
    expectWork(reportOf(ran));
    expect(ran.code).toBe(0);
  });
});

describe('a planted fault is found', () => {
  const short = ['--seed', '19', '--minutes', '0.1', '--no-chromium', '--json'];

  test('when a client does not get one frame', { timeout }, async () => {
    const ran = await runChaos(short, { HOORY_CHAOS_PLANT: 'lost-frame' });
    const { found, folder } = reportOf(ran);
    expect(ran.code).toBe(1);
    expect(found).toContainEqual(
      expect.objectContaining({ rule: 'received all', text: expect.stringContaining('rails of') }),
    );
    expect(folder).toBeDefined();
    if (folder) await rm(folder, { recursive: true });
  });

  test('when a stored message is deleted behind the back of the server', { timeout }, async () => {
    const ran = await runChaos(short, { HOORY_CHAOS_PLANT: 'lost-row' });
    const { found, folder } = reportOf(ran);
    expect(ran.code).toBe(1);
    const [lost] = found;
    expect(lost).toMatchObject({
      rule: 'stored once',
      text: expect.stringMatching(/acknowledged as \d+ and is not stored/),
    });
    // The history of the message across all parts: who sent it, what was answered, who received it.
    for (const kind of ['send', 'acknowledge', 'event', 'webhook'])
      expect(lost?.history.join('\n')).toContain(` ${kind} `);
    if (folder) await rm(folder, { recursive: true });
  });
});

test('help names every option, and a wrong option is refused with what is expected', async () => {
  const help = await runChaos(['--help']);
  expect(help.code).toBe(0);
  expect(help.stdout).toContain('Example: npm run chaos -- --seed 7');
  const wrong = await runChaos(['--nodes', '2']);
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain('add --db postgres');
});
