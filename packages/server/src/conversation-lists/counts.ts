/** Counts of the conversations in a list by assignee, from maintained counters if these know the list's filters. */
import type { ConversationCounts } from '@hoory/contract';
import { sql } from 'kysely';
import type { Db, Sql } from '../db/db.ts';
import { isAnyOf, isAnyTextOf, listValue } from '../db/dialect.ts';
import { preparedQuery } from '../db/prepared-query.ts';
import type { Scope } from './scope.ts';
import { countTested } from './tested-scope.ts';

interface AssigneeCounts {
  total: number | null;
  mine: number | null;
  assigned: number | null;
}

/**
 * Counts of all assignee filters in this scope. With conditions that are tested, and neither few candidates nor few conversations in
 * the scope, they count those among the newest conversations of the account (`maxCounted` of `db/bounded-list.ts`).
 */
export async function countScope(db: Db, scope: Scope, user_id: number): Promise<ConversationCounts> {
  const all = scope.candidates ? undefined : await sumCounters(db, scope, user_id);
  const counted = scope.rest.length
    ? await countTested<AssigneeCounts>(db, scope, { select: countsOf(user_id), rows: all?.total ?? 0 })
    : all;
  const [total, mine, assigned] = [counted?.total ?? 0, counted?.mine ?? 0, counted?.assigned ?? 0];
  return {
    mine_count: mine,
    assigned_count: assigned,
    unassigned_count: total - assigned,
    all_count: total,
  };
}

const countsOf = (user_id: number) => sql`count(*) as total,
  sum(case when assignee_id = ${user_id} then 1 else 0 end) as mine, count(assignee_id) as assigned`;

interface Sums {
  account_id: number;
  statuses: unknown;
  inboxes: unknown;
  team_id: number | undefined;
  user_id: number;
}

/** Queries of the counters, by whether they are limited to inboxes and to a team. */
const sums = [false, true].map((ofInboxes) =>
  [false, true].map((ofTeam) =>
    preparedQuery<Sums, AssigneeCounts>(
      (_, params, db) => sql<AssigneeCounts>`select sum(count) as total,
          sum(case when assignee_id = ${params.user_id} then count else 0 end) as mine,
          sum(case when assignee_id <> 0 then count else 0 end) as assigned
        from conversation_counts
        where account_id = ${params.account_id} and ${isAnyTextOf(db, 'status', params.statuses)}
          ${ofInboxes ? sql`and ${isAnyOf(db, 'inbox_id', params.inboxes)}` : sql``}
          ${ofTeam ? sql`and team_id = ${params.team_id}` : sql``}`,
    ),
  ),
);

async function sumCounters(
  db: Sql,
  { account_id, statuses, inboxes, team_id }: Scope,
  user_id: number,
): Promise<AssigneeCounts | undefined> {
  const sum = sums[Number(inboxes !== undefined)]?.[Number(team_id !== undefined)];
  const lists = { statuses: listValue(db, statuses), inboxes: inboxes && listValue(db, inboxes) };
  return sum && db.get(sum(db, { account_id, team_id, user_id, ...lists }));
}
