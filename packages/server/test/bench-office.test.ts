/** The section `office` of the bench, in short rounds: the work is done as its name says, and the figures are whole. */
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import type { OfficeFigures } from '../src/bench/office/office.ts';
import { run } from './command-line.ts';
import { createDatabase } from './databases.ts';
import { engines } from './server.ts';

const measure = async (...options: string[]): Promise<OfficeFigures> => {
  const { code, stdout, stderr } = await run(
    ['bench', '--only', 'office', '--seconds', '1', '--json', ...options],
    {},
  );
  expect([code, stderr.split('\n').filter((line) => line.startsWith('Error'))]).toEqual([0, []]);
  return JSON.parse(stdout);
};

/** The rows of the office account in this database. */
async function countWork(url: string): Promise<Record<string, number>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client
    .query(`
      with office as (select id from accounts where name = 'Office'),
        talks as (select * from conversations where account_id in (select id from office))
      select
        (select count(*) from talks)::int as conversations,
        (select count(*) from talks where status <> 'resolved' or assignee_id is null)::int as unfinished,
        (select count(distinct conversation_id) from conversation_labels
          where conversation_id in (select id from talks))::int as labelled,
        (select count(*) from messages where message_type in (0, 1)
          and conversation_id in (select id from talks))::int as messages,
        (select count(distinct conversation_id) from notifications
          where conversation_id in (select id from talks))::int as notified,
        (select count(*) from webhook_deliveries where status = 'failed')::int as failed`)
    .finally(() => client.end());
  return rows[0];
}

describe('the section office', () => {
  it.each(engines)(
    'compares mixed work with posts alone on %s',
    async (engine) => {
      const database = engine === 'postgres' ? await createDatabase() : undefined;
      const figures = await measure(...(database ? ['--database', database.url] : []));
      expect(figures).toMatchObject({ section: 'office', database: engine, connections: 48 });
      expect(figures.requests_per_second).toBeGreaterThan(0);
      expect(figures.messages_per_second / figures.requests_per_second).toBeCloseTo(0.5, 1);
      expect(figures.ratio).toBeCloseTo(figures.requests_per_second / figures.posts_per_second, 1);
      if (!database) return;
      const { conversations = 0, messages, ...counts } = await countWork(database.url);
      expect(conversations).toBeGreaterThanOrEqual(3 * 48);
      expect(messages).toBe(5 * conversations);
      expect(counts).toEqual({ unfinished: 0, labelled: conversations, notified: conversations, failed: 0 });
    },
    600_000,
  );
});
