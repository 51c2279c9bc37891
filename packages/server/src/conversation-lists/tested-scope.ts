/** Pages and counts of a scope with conditions that are tested on each conversation (`db/bounded-list.ts`). */
import { type RawBuilder, sql } from 'kysely';
import {
  aggregateMatches,
  type BoundedList,
  type BoundedPage,
  type BoundedRequest,
  readBoundedPage,
} from '../db/bounded-list.ts';
import type { Db, Sql } from '../db/db.ts';
import { isAnyOf, isAnyTextOf, unindexed } from '../db/dialect.ts';
import type { SortOrder } from '../db/keyset.ts';
import { orderOf } from './order.ts';
import type { ListInput, Scope } from './scope.ts';

/** Runs that are merged; with more, the walk tests the inbox of each conversation. */
const maxRuns = 16;

export interface TestedPage {
  order: SortOrder;
  assignee: ListInput['assignee_type'];
  user_id: number;
  request: BoundedRequest;
}

/** A page of keys. @throws as `readBoundedPage` */
export async function readTestedPage(
  { longReads }: Db,
  scope: Scope,
  { order, assignee, user_id, request }: TestedPage,
): Promise<BoundedPage> {
  if (isEmpty(scope)) return { rows: [], next_cursor: null };
  return readBoundedPage(longReads, listOf(longReads, scope, order, conditionOf(assignee, user_id)), request);
}

/** @param rows conversations in the scope, without its tests */
export async function countTested<Counts>(
  { longReads }: Db,
  scope: Scope,
  { select, rows }: { select: RawBuilder<unknown>; rows: number },
): Promise<Counts | undefined> {
  if (isEmpty(scope)) return undefined;
  return aggregateMatches<Counts>(longReads, listOf(longReads, scope, orderOf('counts'), []), {
    select,
    rows,
  });
}

/** Whether the scope can hold no conversation: a filter may name no status that exists. */
const isEmpty = ({ statuses, inboxes, candidates }: Scope) =>
  !statuses.length || inboxes?.length === 0 || candidates?.count === 0;

function conditionOf(assignee: ListInput['assignee_type'], user_id: number): RawBuilder<boolean>[] {
  if (assignee === 'me') return [sql`assignee_id = ${user_id}`];
  if (assignee === 'unassigned') return [sql`assignee_id is null`];
  if (assignee === 'assigned') return [sql`assignee_id is not null`];
  return [];
}

function listOf(
  db: Sql,
  { account_id, statuses, inboxes, team_id, rest, candidates, range }: Scope,
  order: SortOrder,
  ofAssignee: readonly RawBuilder<boolean>[],
): BoundedList {
  const ofTeam = team_id ? [sql<boolean>`team_id = ${team_id}`] : [];
  const ofInboxes = inboxes ? [isAnyOf(db, unindexed(db, 'inbox_id'), inboxes)] : [];
  const isMerged = inboxes !== undefined && inboxes.length * statuses.length <= maxRuns;
  const runs = statuses.flatMap((status) => {
    const run = sql<boolean>`account_id = ${account_id} and status = ${status}`;
    return isMerged ? inboxes.map((id) => sql<boolean>`${run} and inbox_id = ${id}`) : [run];
  });
  return {
    table: 'conversations',
    account_id,
    order,
    runs,
    where: allOf([...(isMerged ? [] : ofInboxes), ...ofTeam, ...ofAssignee, ...(range ? [range] : [])]),
    scope: allOf([isAnyTextOf(db, 'status', statuses), ...ofInboxes, ...ofTeam, ...ofAssignee]),
    test: allOf(rest),
    candidates,
  };
}

const allOf = (conditions: readonly RawBuilder<boolean>[]): RawBuilder<boolean> =>
  conditions.length ? sql`${sql.join(conditions, sql` and `)}` : sql`1 = 1`;
