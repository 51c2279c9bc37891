/**
 * Lists of conversations for agents (application-api.md section 6.8). The ids of a page are found in an index that has all columns
 * of the usual filters, and only the rows of the page are read.
 */
import type { ConversationCounts } from '@hoory/contract';
import { type RawBuilder, sql } from 'kysely';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import { type BoundedPage, fewest, type KeyOfRow } from '../db/bounded-list.ts';
import type { Db, Sql } from '../db/db.ts';
import { isAnyOf, listValue, unindexed } from '../db/dialect.ts';
import { type PageRequest, pageQuery, type SortOrder, toPage, toPageRange } from '../db/keyset.ts';
import { preparedQuery } from '../db/prepared-query.ts';
import { countScope } from './counts.ts';
import { orderOf } from './order.ts';
import { type ListInput, type Scope, scopeOf } from './scope.ts';
import { readTestedPage, type TestedPage } from './tested-scope.ts';

const pageSize = 25;

/** Rows of a list with `updated_within`, which has no pages. */
const maxUnpagedRows = 1000;

/** Numbered pages read by their index with the page's rows; an offset further on is a long read. */
const maxShortPages = 4;

/** A page of ids, with the counts of all assignee filters. */
export interface ConversationPage {
  counts: ConversationCounts;
  ids: number[];
  /** Cursor of the next page; null on the last one. */
  next_cursor: string | null;
}

/** A page of the list. @param list name of the list in its cursors @throws invalid 422 for a cursor of another list or order */
export async function listConversations(
  app: App,
  caller: AgentCaller,
  input: ListInput,
  list = 'conversations',
): Promise<ConversationPage> {
  return listScope(app, caller, await scopeOf(app, caller, input), { ...input, list });
}

export type Paging = PageRequest &
  Pick<ListInput, 'sort_by' | 'assignee_type' | 'updated_within'> & {
    /** The list's name, which its cursors carry: a cursor of another list is refused. */
    list: string;
  };

/** A page of a scope. @throws invalid 422 for a cursor of another list or order */
export async function listScope(
  { db }: App,
  { user }: AgentCaller,
  scope: Scope,
  { list, sort_by, assignee_type, updated_within, cursor, page = 1 }: Paging,
): Promise<ConversationPage> {
  const order = orderOf(list, sort_by);
  const isPaged = updated_within === undefined;
  const request = {
    cursor,
    page: isPaged ? page : 1,
    size: isPaged ? pageSize : maxUnpagedRows,
    ...(!isPaged && updatedWithinBound),
  };
  const given = { order, assignee: assignee_type, user_id: user.id, request };
  if (!scope.rest.length) {
    const isShort = isReadByIndex(scope, given);
    const [{ rows, next_cursor }, counts] = await Promise.all([
      readIndexedPage(db, scope, { ...given, isShort }),
      countScope(db, scope, user.id),
    ]);
    return { counts, ids: rows.map(({ id }) => id), next_cursor };
  }
  const { rows, next_cursor, candidates } = await readTestedPage(db, scope, given);
  const counts = await countScope(db, withCandidates(scope, given.assignee, candidates), user.id);
  return { counts, ids: rows.map(({ id }) => id), next_cursor };
}

/** The scope with the candidates that its page has found, unless those have the assignee, whom counts leave out. */
const withCandidates = (
  scope: Scope,
  assignee: ListInput['assignee_type'],
  found: Scope['candidates'],
): Scope => ({
  ...scope,
  candidates: fewest([scope.candidates, assignee === undefined || assignee === 'all' ? found : undefined]),
});

/** No index has the time of change: it is looked for among the conversations with the latest activity. */
const updatedWithinBound = { partialAfter: 20_000 };

async function readIndexedPage(
  db: Db,
  scope: Scope,
  { order, request, isShort, ...given }: TestedPage & { isShort: boolean },
): Promise<BoundedPage> {
  const span = toPageRange(order, request);
  return toPage(
    order,
    await findKeys(isShort ? db : db.longReads, scope, { ...given, order, span }),
    request.size,
  );
}

/** Whether a page is found in an index that has its order, whatever else the account holds. */
const isReadByIndex = (
  { inboxes, statuses }: Scope,
  { order, request: { cursor, page = 1 } }: Pick<TestedPage, 'order' | 'request'>,
): boolean =>
  !order.name.endsWith(' unread') &&
  (inboxes?.length ?? 0) * statuses.length <= maxRuns &&
  (cursor !== undefined || page <= maxShortPages);

/** Counts the list's conversations by assignee. */
export async function countConversations(
  app: App,
  caller: AgentCaller,
  input: ListInput,
): Promise<ConversationCounts> {
  return countScope(app.db, await scopeOf(app, caller, input), caller.user.id);
}

interface KeyQuery {
  order: SortOrder;
  assignee: ListInput['assignee_type'];
  user_id: number;
  span: ReturnType<typeof toPageRange>;
}

type KeyStatement = ReturnType<typeof preparedQuery<Values, KeyOfRow>>;
type Values = Record<string, unknown>;

/** Compiled statements by the shape of their list: as many as there are combinations of filters. */
const statements = new Map<string, KeyStatement>();

async function findKeys(db: Sql, scope: Scope, query: KeyQuery): Promise<KeyOfRow[]> {
  const { account_id, statuses, inboxes, team_id } = scope;
  const { order, assignee, user_id, span } = query;
  if (!statuses.length || inboxes?.length === 0) return [];
  const shape: Shape = {
    statuses: statuses.length,
    inboxes: inboxes && (inboxes.length * statuses.length > maxRuns ? 'many' : inboxes.length),
    hasTeam: team_id !== undefined,
    assignee,
    after: span.after?.key_part,
  };
  const { limit, offset, limitWithOffset } = span;
  const values: Values = { account_id, team_id, user_id, limit, offset, limitWithOffset, ...span.after };
  for (const [index, status] of statuses.entries()) values[`status${index}`] = status;
  for (const [index, id] of (inboxes ?? []).entries()) values[`inbox${index}`] = id;
  if (shape.inboxes === 'many') values.inboxes = listValue(db, inboxes ?? []);
  return db.all(statementOf(order, shape)(db, values));
}

/** The compiled statement of a shape. */
function statementOf(order: SortOrder, shape: Shape): KeyStatement {
  const name = JSON.stringify([order.name, shape]);
  const statement =
    statements.get(name) ??
    preparedQuery<Values, KeyOfRow>((_, params, db) => queryOf(db, { order, shape, params }));
  statements.set(name, statement);
  return statement;
}

/** Runs that are merged. More of them cost more than one run over all inboxes that checks the inbox of each conversation. */
const maxRuns = 16;

interface Shape {
  statuses: number;
  /** Number of inboxes; undefined for all of the account. */
  inboxes: number | 'many' | undefined;
  hasTeam: boolean;
  assignee: ListInput['assignee_type'];
  /** Index of the order's part in which the page begins, when it begins at a cursor. */
  after: number | undefined;
}

interface StatementOptions {
  order: SortOrder;
  shape: Shape;
  params: Values;
}

/**
 * Each status and inbox is a run that an index returns in order. Of each run, as many rows as the page needs are read and merged.
 */
function queryOf(db: Pick<Sql, 'dialect'>, { order, shape, params }: StatementOptions): RawBuilder<KeyOfRow> {
  const runs = range(shape.statuses).flatMap((status) =>
    (typeof shape.inboxes === 'number' ? range(shape.inboxes) : [undefined]).map((inbox) =>
      runOf(params, status, inbox),
    ),
  );
  const { limit, offset, limitWithOffset, key_value, key_id } = params;
  return pageQuery(
    db,
    {
      select: sql`id`,
      from: sql`conversations`,
      id: sql`id`,
      where: sql`${sql.join(conditionsOf(db, shape, params), sql` and `)}`,
      runs,
      order,
    },
    {
      ...(shape.after !== undefined && { after: { key_part: shape.after, key_value, key_id } }),
      limit,
      offset,
      limitWithOffset,
    },
  );
}

const range = (count: number) => Array.from({ length: count }, (_, index) => index);

function runOf(params: Values, status: number, inbox: number | undefined): RawBuilder<boolean> {
  const ofInbox = inbox === undefined ? sql`` : sql` and inbox_id = ${params[`inbox${inbox}`]}`;
  return sql`account_id = ${params.account_id}
    and status = ${params[`status${status}`]}${ofInbox}`;
}

function conditionsOf(
  db: Pick<Sql, 'dialect'>,
  { inboxes, hasTeam, assignee }: Shape,
  params: Values,
): RawBuilder<boolean>[] {
  const all: RawBuilder<boolean>[] = [sql`1 = 1`];
  if (inboxes === 'many') all.push(isAnyOf(db, unindexed(db, 'inbox_id'), params.inboxes));
  if (hasTeam) all.push(sql`team_id = ${params.team_id}`);
  if (assignee === 'me') all.push(sql`assignee_id = ${params.user_id}`);
  if (assignee === 'unassigned') all.push(sql`assignee_id is null`);
  if (assignee === 'assigned') all.push(sql`assignee_id is not null`);
  return all;
}
