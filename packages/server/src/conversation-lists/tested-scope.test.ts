/** Pages and counts of tested lists against all rows, filtered and sorted here. */
import fc from 'fast-check';
import { type RawBuilder, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines, type Fresh, freshConfig } from '../../test/server.ts';
import { seedMany } from '../bench/many.ts';
import { countCandidates, maxCounted } from '../db/bounded-list.ts';
import type { ConversationRow } from '../db/tables.ts';
import { openApp } from '../main.ts';
import { countScope } from './counts.ts';
import { orderOf } from './order.ts';
import { allStatuses, type Scope, selectLabelled } from './scope.ts';
import { readTestedPage } from './tested-scope.ts';

/** More than a walk tries before it searches, and more than a count tests. */
const rowCount = 12_000;

type Row = Pick<
  ConversationRow,
  'id' | 'status' | 'priority' | 'last_activity_at' | 'waiting_since' | 'unread_count' | 'assignee_id'
>;

interface Condition {
  where: RawBuilder<boolean>;
  holds(row: Row): boolean;
  /** A label whose conversations are the candidates. */
  label?: string;
}

const labels: Record<string, number> = { often: 2, some: 11, rare: 977, never: 1_000_000 };
const conditions: Record<string, Condition> = {
  all: { where: sql`1 = 1`, holds: () => true },
  nothing: { where: sql`display_id < 0`, holds: () => false },
  dense: { where: sql`display_id % 3 = 1`, holds: ({ id }) => id % 3 === 1 },
  rare: { where: sql`display_id % 499 = 7`, holds: ({ id }) => id % 499 === 7 },
  single: { where: sql`display_id = 5000`, holds: ({ id }) => id === 5000 },
  urgent: { where: sql`priority = 'urgent'`, holds: ({ priority }) => priority === 'urgent' },
  ...Object.fromEntries(
    Object.entries(labels).map(([label, nth]) => [
      `label ${label}`,
      {
        where: sql<boolean>`exists (select 1 from conversation_labels
          where conversation_id = conversations.id and label = ${label})`,
        holds: ({ id }: Row) => id % nth === 0,
        label,
      },
    ]),
  ),
};

const ranks = ['urgent', 'high', 'medium', 'low', null];
const rank = ({ priority }: Row) => ranks.indexOf(priority);
const activity = ({ last_activity_at }: Row) => last_activity_at;
const isWaiting = ({ waiting_since }: Row) => Number(waiting_since === null);
const wait = ({ waiting_since, last_activity_at }: Row) => waiting_since ?? last_activity_at;
const orders: Record<string, (row: Row) => number[]> = {
  last_activity_at_desc: (row) => [-activity(row), -row.id],
  last_activity_at_asc: (row) => [activity(row), row.id],
  created_at_desc: ({ id }) => [-id],
  created_at_asc: ({ id }) => [id],
  priority_desc: (row) => [rank(row), -activity(row), -row.id],
  priority_asc: (row) => [-rank(row), -activity(row), -row.id],
  priority_desc_created_at_asc: (row) => [rank(row), row.id],
  waiting_since_asc: (row) => {
    const sign = row.waiting_since === null ? -1 : 1;
    return [isWaiting(row), sign * wait(row), sign * row.id];
  },
  waiting_since_desc: (row) => [isWaiting(row), -wait(row), -row.id],
  unread: (row) => [Number(row.unread_count === 0), -activity(row), -row.id],
};

function compareKeys(a: number[], b: number[]): number {
  for (const [index, value] of a.entries()) if (value !== b[index]) return value - (b[index] ?? 0);
  return 0;
}

describe.each(engines)('tested lists of conversations on %s', (engine) => {
  let fresh: Fresh;
  let app: Awaited<ReturnType<typeof openApp>>;
  let account_id: number;
  let inbox_id: number;
  let rows: Row[];

  beforeAll(async () => {
    fresh = await freshConfig(engine);
    app = await openApp(fresh.config);
    const size = { conversations: rowCount, messagesEach: 1, longest: 0 };
    ({ account_id } = await seedMany(app, size, () => {}));
    const { db } = app;
    await db.run(sql`update conversations set
      status = case display_id * 7919 % 7 when 0 then 'open' when 1 then 'pending' when 2 then 'snoozed' else 'resolved' end,
      priority = case display_id * 104729 % 9 when 0 then 'urgent' when 1 then 'high' when 2 then 'medium' when 3 then 'low' end,
      last_activity_at = 1700000000000 + display_id * 7907 % 5003 * 60000,
      waiting_since = case when display_id % 5 = 0 then 1700000000000 + display_id * 31 % 1009 * 60000 end,
      unread_count = case when display_id % 13 = 0 then 2 else 0 end,
      assignee_id = case when display_id % 4 < 2 then display_id % 4 + 1 end`);
    for (const [label, nth] of Object.entries(labels))
      await db.run(sql`insert into conversation_labels (conversation_id, label, account_id)
        select id, cast(${label} as text), account_id from conversations where display_id % ${sql.lit(nth)} = 0`);
    rows =
      await db.all(sql<Row>`select display_id as id, status, priority, last_activity_at, waiting_since, unread_count,
      assignee_id from conversations order by display_id`);
    const first = await db.get(
      sql<{ id: number; inbox_id: number }>`select id, inbox_id from conversations where display_id = 1`,
    );
    // Ids and numbers on the wire are equal here, so that the rows above can be compared with keys.
    expect([rows.length, first?.id]).toEqual([rowCount, 1]);
    inbox_id = first?.inbox_id ?? 0;
  }, 120_000);
  afterAll(async () => {
    await app.close();
    await fresh.release();
  });

  const scopeOf = async (name: string, more: Partial<Scope> = {}): Promise<Scope> => {
    const { where, label } = conditions[name] as Condition;
    const { longReads } = app.db;
    const candidates = label
      ? await countCandidates(longReads, selectLabelled(longReads, account_id, [label]))
      : undefined;
    return { account_id, statuses: allStatuses, rest: [where], candidates, ...more };
  };

  const arbitrary = fc.record({
    condition: fc.constantFrom(...Object.keys(conditions)),
    order: fc.constantFrom(...Object.keys(orders)),
    statuses: fc.subarray([...allStatuses], { minLength: 1 }),
    assignee: fc.constantFrom('all' as const, 'me' as const, 'unassigned' as const, 'assigned' as const),
    inboxes: fc.constantFrom('all', 'some', 'many'),
    size: fc.integer({ min: 1, max: 300 }),
    page: fc.integer({ min: 1, max: 12 }),
  });

  it('have the rows of a full scan in its order, by cursor and by number', async () => {
    await fc.assert(
      fc.asyncProperty(arbitrary, async ({ condition, order, statuses, assignee, inboxes, size, page }) => {
        const others = Array.from({ length: 30 }, (_, index) => inbox_id + 1000 + index);
        const scope = await scopeOf(condition, {
          statuses,
          ...(inboxes === 'some' && { inboxes: [inbox_id, inbox_id + 1000] }),
          ...(inboxes === 'many' && { inboxes: [inbox_id, ...others] }),
        });
        const expected = rows
          .filter(
            (row) =>
              statuses.includes(row.status) &&
              (conditions[condition] as Condition).holds(row) &&
              {
                all: true,
                me: row.assignee_id === 1,
                unassigned: !row.assignee_id,
                assigned: row.assignee_id,
              }[assignee],
          )
          .map((row) => ({ id: row.id, key: (orders[order] as (row: Row) => number[])(row) }))
          .sort((a, b) => compareKeys(a.key, b.key))
          .map(({ id }) => id);
        const given = { order: orderOf('test', order as never), assignee, user_id: 1 };
        const found: number[] = [];
        for (let cursor: string | undefined, pages = 0; pages < 4; pages++) {
          const read = await readTestedPage(app.db, scope, { ...given, request: { cursor, size } });
          expect(read.rows.length === size || read.next_cursor === null).toBe(true);
          found.push(...read.rows.map(({ id }) => id));
          if (read.next_cursor === null) break;
          cursor = read.next_cursor;
        }
        expect(found).toEqual(expected.slice(0, size * 4));
        const numbered = await readTestedPage(app.db, scope, { ...given, request: { page, size } });
        expect(numbered.rows.map(({ id }) => id)).toEqual(expected.slice((page - 1) * size, page * size));
        expect(numbered.next_cursor !== null).toBe(expected.length > page * size);
      }),
      { numRuns: 60, seed: 11 },
    );
  }, 240_000);

  it('have pages far behind the first of a list that most rows match', async () => {
    for (const order of ['last_activity_at_desc', 'priority_desc', 'created_at_asc']) {
      const keyOf = orders[order] as (row: Row) => number[];
      const expected = rows
        .map((row) => ({ id: row.id, key: keyOf(row) }))
        .sort((a, b) => compareKeys(a.key, b.key));
      const { rows: found } = await readTestedPage(app.db, await scopeOf('all'), {
        order: orderOf('test', order as never),
        assignee: 'all',
        user_id: 1,
        request: { page: 38, size: 300 },
      });
      expect(found.map(({ id }) => id)).toEqual(expected.slice(11_100, 11_400).map(({ id }) => id));
    }
  });

  it('count all matches among few rows or candidates, else those among the newest rows', async () => {
    const counts = (matching: Row[]) => {
      const [mine, assigned] = [1, undefined].map(
        (user) => matching.filter(({ assignee_id }) => (user ? assignee_id === user : assignee_id)).length,
      ) as [number, number];
      return {
        all_count: matching.length,
        mine_count: mine,
        assigned_count: assigned,
        unassigned_count: matching.length - assigned,
      };
    };
    const newest = rows.slice(-maxCounted);
    for (const [name, { holds, label }] of Object.entries(conditions))
      for (const statuses of [allStatuses, ['resolved'] as const]) {
        const isInScope = ({ status }: Row) => (statuses as readonly string[]).includes(status);
        const isExact = label !== undefined || rows.filter(isInScope).length <= maxCounted;
        const tested = (isExact ? rows : newest).filter(isInScope);
        const scope = await scopeOf(name, { statuses });
        expect([name, await countScope(app.db, scope, 1)]).toEqual([name, counts(tested.filter(holds))]);
      }
  });

  it('refuse a page that would read too many rows, and say how to narrow it', async () => {
    const ask = async (name: string, request: { page?: number; partialAfter?: number }) =>
      readTestedPage(app.db, await scopeOf(name), {
        order: orderOf('test'),
        assignee: 'all',
        user_id: 1,
        request: { ...request, size: 25, maxRows: 8000 },
      });
    await expect(ask('nothing', {})).rejects.toMatchObject({
      code: 'unprocessable',
      message: expect.stringContaining('Narrow it'),
    });
    await expect(ask('dense', { page: 155 })).rejects.toMatchObject({
      code: 'unprocessable',
      message: expect.stringContaining('next_cursor'),
    });
    expect((await ask('dense', { page: 100 })).rows).toHaveLength(25);
    expect((await ask('label rare', {})).rows).toHaveLength(12);
    const part = await ask('single', { partialAfter: 500 });
    expect([part.rows, part.next_cursor === null]).toEqual([[], false]);
  });
});
