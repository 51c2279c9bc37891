/** How many conversations a list holds for whom: read from the maintained counters where they know the filters. */
import type { ConversationCounts } from '@hoory/contract';
import { sql } from 'kysely';
import type { Sql } from '../db/db.ts';
import { isAnyOf, isAnyTextOf } from '../db/dialect.ts';
import { conditionsOf, type Scope } from './list-scope.ts';

interface Counted {
  total: number | null;
  mine: number | null;
  assigned: number | null;
}

/** Counts of all assignee filters in this scope. */
export async function countScope(db: Sql, scope: Scope, user_id: number): Promise<ConversationCounts> {
  const counted = scope.rest.length
    ? await countRows(db, scope, user_id)
    : await sumCounters(db, scope, user_id);
  const [total, mine, assigned] = [counted?.total ?? 0, counted?.mine ?? 0, counted?.assigned ?? 0];
  return {
    mine_count: mine,
    assigned_count: assigned,
    unassigned_count: total - assigned,
    all_count: total,
  };
}

function sumCounters(
  db: Sql,
  { account_id, statuses, inboxes, team_id }: Scope,
  user_id: number,
): Promise<Counted | undefined> {
  return db.get(sql<Counted>`select sum(count) as total,
      sum(case when assignee_id = ${user_id} then count else 0 end) as mine,
      sum(case when assignee_id <> 0 then count else 0 end) as assigned
    from conversation_counts where account_id = ${account_id} and ${isAnyTextOf(db, 'status', statuses)}
      ${inboxes ? sql`and ${isAnyOf(db, 'inbox_id', inboxes)}` : sql``}
      ${team_id ? sql`and team_id = ${team_id}` : sql``}`);
}

function countRows(db: Sql, scope: Scope, user_id: number): Promise<Counted | undefined> {
  const conditions = [sql<boolean>`account_id = ${scope.account_id}`, ...conditionsOf(db, scope)];
  if (scope.statuses.length === 1) conditions.push(sql`status = ${scope.statuses[0]}`);
  return db.get(sql<Counted>`select count(*) as total, sum(case when assignee_id = ${user_id} then 1 else 0 end) as mine,
    count(assignee_id) as assigned from conversations where ${sql.join(conditions, sql` and `)}`);
}
