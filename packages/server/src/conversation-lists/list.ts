/**
 * Lists of conversations for agents (application-api.md section 6.8). A page is found in an index that holds all that the
 * list filters by, and only its own rows are read.
 */
import type { ConversationCounts } from '@hoory/contract';
import { type RawBuilder, sql } from 'kysely';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import type { Sql } from '../db/db.ts';
import { isAnyOf, listValue, unindexed } from '../db/dialect.ts';
import { type Key, type PageRequest, pageQuery, type SortOrder, toPage, toPageRange } from '../db/keyset.ts';
import { preparedQuery } from '../db/prepared-query.ts';
import { countScope } from './counts.ts';
import { orderOf } from './order.ts';
import { type ListInput, type Scope, scopeOf } from './scope.ts';

const pageSize = 25;

/** `updated_within` turns paging off; more than this no screen and no client can use at once. */
const mostAtOnce = 1000;

/** Numbered pages read by their index with the page's rows; an offset further on is a long read. */
const maxShortPages = 4;

/** Conversations of a list and the counts of all assignee filters beside it. */
export interface Listed {
  counts: ConversationCounts;
  ids: number[];
  /** Where the next page begins; null after the last. */
  next_cursor: string | null;
}

/** One page. @throws invalid for a cursor that this list in this order has not given */
export async function listConversations(
  app: App,
  caller: AgentCaller,
  input: ListInput,
  list = 'conversations',
): Promise<Listed> {
  return listScope(app, caller, await scopeOf(app, caller, input), { ...input, list });
}

export type Paging = PageRequest &
  Pick<ListInput, 'sort_by' | 'assignee_type' | 'updated_within'> & {
    /** Whose cursors these are. */
    list: string;
  };

/** One page of a scope. @throws invalid for the cursor */
export async function listScope(
  { db }: App,
  { user }: AgentCaller,
  scope: Scope,
  { list, sort_by, assignee_type, updated_within, cursor, page = 1 }: Paging,
): Promise<Listed> {
  const order = orderOf(list, sort_by);
  const isPaged = updated_within === undefined;
  const size = isPaged ? pageSize : mostAtOnce;
  const span = toPageRange(order, { cursor, page: isPaged ? page : 1, size });
  const isShort = isReadByIndex(scope, sort_by) && (cursor !== undefined || page <= maxShortPages);
  const keys = await findKeys(isShort ? db : db.longReads, scope, {
    order,
    assignee: assignee_type,
    user_id: user.id,
    span,
  });
  const { rows, next_cursor } = toPage(order, keys, size);
  return { counts: await countScope(db, scope, user.id), ids: rows.map(({ id }) => id), next_cursor };
}

/** Whether a page is found in an index that has its order, whatever else the account holds. */
const isReadByIndex = ({ rest, inboxes, statuses }: Scope, sort_by: Paging['sort_by']): boolean =>
  !rest.length && sort_by !== 'unread' && (inboxes?.length ?? 0) * statuses.length <= mostRuns;

export async function countConversations(
  app: App,
  caller: AgentCaller,
  input: ListInput,
): Promise<ConversationCounts> {
  return countScope(app.db, await scopeOf(app, caller, input), caller.user.id);
}

interface Wanted {
  order: SortOrder;
  assignee: ListInput['assignee_type'];
  user_id: number;
  span: ReturnType<typeof toPageRange>;
}

interface Found extends Key {
  id: number;
}

type Find = ReturnType<typeof preparedQuery<Values, Found>>;
type Values = Record<string, unknown>;

/** Statements by the shape of what was asked; there are as many as filters can be combined. */
const known = new Map<string, Find>();

async function findKeys(db: Sql, scope: Scope, wanted: Wanted): Promise<Found[]> {
  const { account_id, statuses, inboxes, team_id, rest } = scope;
  const { order, assignee, user_id, span } = wanted;
  if (inboxes && !inboxes.length) return [];
  const shape: Shape = {
    statuses: statuses.length,
    inboxes: inboxes && (inboxes.length * statuses.length > mostRuns ? 'many' : inboxes.length),
    hasTeam: team_id !== undefined,
    assignee,
    after: span.after?.key_part,
    rest,
  };
  const { limit, offset, limitWithOffset: most } = span;
  const values: Values = { account_id, team_id, user_id, limit, offset, most, ...span.after };
  for (const [index, status] of statuses.entries()) values[`status${index}`] = status;
  for (const [index, id] of (inboxes ?? []).entries()) values[`inbox${index}`] = id;
  if (shape.inboxes === 'many') values.inboxes = listValue(db, inboxes ?? []);
  return db.all(findOf(order, shape)(db, values));
}

/** What `rest` says has its values within, so that its statements serve one request. */
function findOf(order: SortOrder, shape: Shape): Find {
  const make = () => preparedQuery<Values, Found>((_, place, db) => queryOf(db, { order, shape, place }));
  if (shape.rest.length) return make();
  const name = JSON.stringify([order.name, shape]);
  const find = known.get(name) ?? make();
  known.set(name, find);
  return find;
}

/** Runs that are merged; more of them cost more than looking at the inbox of each conversation. */
const mostRuns = 16;

interface Shape {
  statuses: number;
  /** How many; absent is all of the account. */
  inboxes: number | 'many' | undefined;
  hasTeam: boolean;
  assignee: ListInput['assignee_type'];
  /** The part of the order in which the page begins. */
  after: number | undefined;
  rest: Scope['rest'];
}

interface Asking {
  order: SortOrder;
  shape: Shape;
  place: Values;
}

/** Every status and inbox is a run that comes from an index in order; a page more than the offset of each is sorted. */
function queryOf(db: Pick<Sql, 'dialect'>, { order, shape, place }: Asking): RawBuilder<Found> {
  const runs = range(shape.statuses).flatMap((status) =>
    (typeof shape.inboxes === 'number' ? range(shape.inboxes) : [undefined]).map((inbox) =>
      runOf(place, status, inbox),
    ),
  );
  const { limit, offset, most, key_value, key_id } = place;
  return pageQuery(
    db,
    {
      select: sql`id`,
      from: sql`conversations`,
      id: sql`id`,
      where: sql`${sql.join(conditionsOf(db, shape, place), sql` and `)}`,
      runs,
      order,
    },
    {
      ...(shape.after !== undefined && { after: { key_part: shape.after, key_value, key_id } }),
      limit,
      offset,
      limitWithOffset: most,
    },
  );
}

const range = (count: number) => Array.from({ length: count }, (_, index) => index);

function runOf(place: Values, status: number, inbox: number | undefined): RawBuilder<boolean> {
  const ofInbox = inbox === undefined ? sql`` : sql` and inbox_id = ${place[`inbox${inbox}`]}`;
  return sql`account_id = ${place.account_id}
    and status = ${place[`status${status}`]}${ofInbox}`;
}

function conditionsOf(
  db: Pick<Sql, 'dialect'>,
  { inboxes, hasTeam, assignee, rest }: Shape,
  place: Values,
): RawBuilder<boolean>[] {
  const all: RawBuilder<boolean>[] = [sql`1 = 1`, ...rest];
  if (inboxes === 'many') all.push(isAnyOf(db, unindexed(db, 'inbox_id'), place.inboxes));
  if (hasTeam) all.push(sql`team_id = ${place.team_id}`);
  if (assignee === 'me') all.push(sql`assignee_id = ${place.user_id}`);
  if (assignee === 'unassigned') all.push(sql`assignee_id is null`);
  if (assignee === 'assigned') all.push(sql`assignee_id is not null`);
  return all;
}
