/** Short runs on real databases, and faults planted in what one of them recorded. */
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { check } from '../src/check/check.ts';
import type { Received, Timed } from '../src/history.ts';
import type { Report } from '../src/report.ts';
import { historyOf } from '../src/report.ts';
import { type Ran, reportOf, runChaos } from './command-line.ts';
import { type Recorded, readRecorded } from './recorded.ts';

/** The machine may be busy with other tests; a run waits up to three minutes for the last event. */
const timeout = 480_000;
const hasStores = ['HOORY_TEST_POSTGRES', 'HOORY_TEST_REDIS'].every((variable) => process.env[variable]);

let onSqlite: Ran;
let onTwoNodes: Ran | undefined;

// A run waits more than it computes, so both happen at once.
beforeAll(async () => {
  const short = ['--minutes', '0.15', '--json'];
  const stores = ['--db', 'postgres', '--nodes', '2', '--redis', '--no-chromium'];
  [onSqlite, onTwoNodes] = await Promise.all([
    runChaos(['--seed', '183', ...short, '--keep']),
    hasStores ? runChaos(['--seed', '1451', ...short, ...stores]) : undefined,
  ]);
}, timeout);

afterAll(async () => {
  const { folder } = reportOf(onSqlite);
  if (folder) await rm(folder, { recursive: true });
});

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
  expect(report.faults).toMatchObject({
    'kill a node': expect.any(Number),
    'lose answers': expect.any(Number),
  });
}

describe('nothing is lost', () => {
  test('on SQLite', () => {
    const report = reportOf(onSqlite);
    expectWork(report);
    expect(onSqlite.code).toBe(0);
    const kinds = ['anycable', 'feed', 'rails', 'sdk'];
    expect(Object.keys(report.followers)).toEqual(expect.arrayContaining(kinds));
    expect(report.folder).toBeDefined();
  });

  test.skipIf(!hasStores)('on two nodes with PostgreSQL and Redis', () => {
    const report = onTwoNodes && reportOf(onTwoNodes);
    if (!report) throw new Error('There was no run on two nodes');
    expectWork(report);
    expect(onTwoNodes?.code).toBe(0);
    expect(report.folder).toBeUndefined();
  });
});

describe('a fault that is planted in the recorded run is found', () => {
  let recorded: Recorded;
  beforeAll(() => {
    recorded = readRecorded(String(reportOf(onSqlite).folder));
  });

  test('not without one', () => {
    expect(check(recorded.evidence, recorded.installed)).toEqual([]);
  });

  test.each(['anycable', 'feed', 'rails', 'sdk'])('when %s does not get one event', (kind) => {
    const { evidence, installed } = recorded;
    const lost = eventAmongOthers(evidence.entries, kind);
    const { follower } = lost;
    const entries = evidence.entries.filter((entry) => entry !== lost);
    expect(check({ ...evidence, entries }, installed)).toContainEqual(
      expect.objectContaining({ rule: 'received all', about: expect.objectContaining({ follower }) }),
    );
  });

  test('when a stored message is deleted behind the back of the server', () => {
    const { evidence, installed } = recorded;
    const { database, api } = evidence.stored;
    const lost = database.messages.find(({ type }) => type === 0);
    const messages = database.messages.filter((message) => message !== lost);
    const stored = { api, database: { ...database, messages } };
    const [found] = check({ ...evidence, stored }, installed);
    expect(found).toMatchObject({
      rule: 'stored once',
      text: `${lost?.content} was acknowledged as ${lost?.id} and is not stored`,
    });
    // The history of the message across all parts: who sent it, what was answered, who received it.
    const history = historyOf(evidence.entries, found?.about ?? {}).join('\n');
    for (const kind of ['send', 'acknowledge', 'event', 'webhook']) expect(history).toContain(` ${kind} `);
  });
});

/**
 * The last creation of a message that comes between two other events of one connection, at any customer. It comes after the faults,
 * when followers with positions receive the same events.
 */
function eventAmongOthers(entries: readonly Timed[], kind: string): Timed<Received> {
  for (const follower of [1, 2, 3].map((number) => `${kind} of customer-${number}`)) {
    const own = entries.filter(
      (entry) => 'follower' in entry && entry.follower === follower && entry.kind !== 'fetch',
    );
    const isEvent = (entry: Timed | undefined) => entry?.kind === 'event';
    for (const [index, entry] of [...own.entries()].reverse())
      if (entry.kind === 'event' && entry.event === 'message.created')
        if (isEvent(own[index - 1]) && isEvent(own[index + 1])) return entry;
  }
  throw new Error(`No follower by ${kind} received three events in a row`);
}
