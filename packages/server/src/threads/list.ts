/**
 * Lists of conversations for agents (application-api.md section 6.8). A page is found in an index that holds all that the
 * list filters by, and only its own rows are read; a cursor goes on where the last page ended, however deep.
 */
import type { ConversationCounts } from '@hoory/contract';
import { type RawBuilder, sql } from 'kysely';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import type { Sql } from '../db/db.ts';
import { isAnyOf, listFor } from '../db/dialect.ts';
import { statement } from '../db/statement.ts';
import { invalid } from '../errors.ts';
import { countScope } from './list-counts.ts';
import { type Part, partsOf } from './list-order.ts';
import { type ListInput, type Scope, scopeOf, unindexed } from './list-scope.ts';

const pageSize = 25;

/** `updated_within` turns paging off; more than this no screen and no client can use at once. */
const mostAtOnce = 1000;

/** Conversations of a list and the counts of all assignee filters beside it. */
export interface Listed {
  counts: ConversationCounts;
  ids: number[];
  /** Where the next page begins, for orders of one part. */
  next_cursor?: string | null;
}

/** One page. @throws invalid for a cursor that none of our answers held */
export async function listConversations(app: App, caller: AgentCaller, input: ListInput): Promise<Listed> {
  const { db } = app;
  const scope = await scopeOf(app, caller, input);
  const isPaged = input.updated_within === undefined;
  const from = input.cursor ? cursorOf(input.cursor) : undefined;
  const limit = isPaged ? pageSize : mostAtOnce;
  const keys = await findKeys(db, scope, {
    order: input.sort_by,
    assignee: input.assignee_type,
    user_id: caller.user.id,
    from,
    limit,
    offset: isPaged && !from ? ((input.page ?? 1) - 1) * pageSize : 0,
  });
  const last = keys.at(-1);
  return {
    counts: await countScope(db, scope, caller.user.id),
    ids: keys.map(({ id }) => id),
    ...(partsOf(input.sort_by).length === 1 && {
      next_cursor: last && keys.length === limit ? `${last.key}_${last.id}` : null,
    }),
  };
}

export async function countConversations(
  app: App,
  caller: AgentCaller,
  input: ListInput,
): Promise<ConversationCounts> {
  return countScope(app.db, await scopeOf(app, caller, input), caller.user.id);
}

interface Cursor {
  value: number;
  id: number;
}

function cursorOf(text: string): Cursor {
  const [, value, id] = /^(\d{1,15})_(\d{1,15})$/.exec(text) ?? [];
  if (!value || !id) throw invalid('cursor', 'Cursor is invalid');
  return { value: Number(value), id: Number(id) };
}

interface Paging {
  order: ListInput['sort_by'];
  assignee: ListInput['assignee_type'];
  user_id: number;
  from: Cursor | undefined;
  limit: number;
  offset: number;
}

interface Key {
  id: number;
  /** The value of the ordering column; negative where it falls and several parts are merged. */
  key: number;
}

type Find = ReturnType<typeof statement<Values, Key>>;
type Values = Record<string, unknown>;

/** Statements by the shape of what was asked; there are as many as filters can be combined. */
const known = new Map<string, Find>();

async function findKeys(db: Sql, scope: Scope, paging: Paging): Promise<Key[]> {
  const { account_id, statuses, inboxes, team_id, rest } = scope;
  const { order, assignee, user_id, from, limit, offset } = paging;
  if (inboxes && !inboxes.length) return [];
  const shape: Shape = {
    parts: partsOf(order),
    statuses: statuses.length,
    inboxes: inboxes && (inboxes.length * statuses.length > mostRuns ? 'many' : inboxes.length),
    hasTeam: team_id !== undefined,
    assignee,
    hasCursor: from !== undefined,
    rest,
  };
  const values: Values = { account_id, team_id, user_id, limit, offset, most: limit + offset };
  for (const [index, status] of statuses.entries()) values[`status${index}`] = status;
  for (const [index, id] of (inboxes ?? []).entries()) values[`inbox${index}`] = id;
  if (shape.inboxes === 'many') values.inboxes = listFor(db, inboxes ?? []);
  if (from) Object.assign(values, { from_value: from.value, from_id: from.id });
  return db.all(findOf({ ...shape, order })(db, values));
}

/** What `rest` says has its values within, so that its statements serve one request. */
function findOf({ order, ...shape }: Shape & Pick<Paging, 'order'>): Find {
  const make = () => statement<Values, Key>((_, place, db) => queryOf(db, shape, place));
  if (shape.rest.length) return make();
  const { parts: _, ...others } = shape;
  const name = JSON.stringify([order, others]);
  const find = known.get(name) ?? make();
  known.set(name, find);
  return find;
}

/** Runs that are merged; more of them cost more than looking at the inbox of each conversation. */
const mostRuns = 16;

interface Shape {
  parts: readonly Part[];
  statuses: number;
  /** How many; absent is all of the account. */
  inboxes: number | 'many' | undefined;
  hasTeam: boolean;
  assignee: ListInput['assignee_type'];
  hasCursor: boolean;
  rest: Scope['rest'];
}

/**
 * Every part of every status and inbox is a run that comes from an index in order. Runs of one part are merged as they are
 * read; of several parts at most a page more than the offset of each is sorted.
 */
function queryOf(db: Pick<Sql, 'dialect'>, shape: Shape, place: Values): RawBuilder<Key> {
  const [only] = shape.parts;
  const runs = shape.parts.flatMap((part, rank) =>
    range(shape.statuses).flatMap((status) =>
      (typeof shape.inboxes === 'number' ? range(shape.inboxes) : [undefined]).map((inbox) => ({
        part,
        rank,
        where: conditionsOf(db, shape, { part, status, inbox, place }),
      })),
    ),
  );
  if (only && shape.parts.length === 1) {
    const { column } = only;
    const direction = sql.raw(only.direction);
    const read = runs.map(
      ({ where }) => sql`select id, ${sql.ref(column)} as key from conversations where ${where}`,
    );
    return sql`${sql.join(read, sql` union all `)} order by key ${direction}, id ${direction}
      limit ${place.limit} offset ${place.offset}`;
  }
  const merged = runs.map((run) => sql`select * from (${rankedRun(run)} limit ${place.most}) as run`);
  return sql`select id, key from (${sql.join(merged, sql` union all `)}) as runs
    order by rank, key, tie limit ${place.limit} offset ${place.offset}`;
}

const range = (count: number) => Array.from({ length: count }, (_, index) => index);

interface Run {
  part: Part;
  rank: number;
  where: RawBuilder<unknown>;
}

function rankedRun({ part, rank, where }: Run): RawBuilder<unknown> {
  const column = sql.ref(part.column);
  const sign = sql.raw(part.direction === 'desc' ? '-' : '');
  const direction = sql.raw(part.direction);
  const order = part.column === 'id' ? sql`id ${direction}` : sql`${column} ${direction}, id ${direction}`;
  return sql`select id, ${sql.lit(rank)} as rank, ${sign}${column} as key, ${sign}id as tie
    from conversations where ${where} order by ${order}`;
}

interface At {
  part: Part;
  status: number;
  inbox: number | undefined;
  place: Values;
}

function conditionsOf(
  db: Pick<Sql, 'dialect'>,
  { inboxes, hasTeam, assignee, hasCursor, rest }: Shape,
  { part, status, inbox, place }: At,
): RawBuilder<unknown> {
  const than = sql.raw(part.direction === 'desc' ? '<' : '>');
  const all: RawBuilder<unknown>[] = [
    sql`account_id = ${place.account_id}`,
    sql`status = ${place[`status${status}`]}`,
    ...rest,
  ];
  if (inbox !== undefined) all.push(sql`inbox_id = ${place[`inbox${inbox}`]}`);
  if (inboxes === 'many') all.push(isAnyOf(db, unindexed(db, 'inbox_id'), place.inboxes));
  if (hasTeam) all.push(sql`team_id = ${place.team_id}`);
  if (assignee === 'me') all.push(sql`assignee_id = ${place.user_id}`);
  if (assignee === 'unassigned') all.push(sql`assignee_id is null`);
  if (assignee === 'assigned') all.push(sql`assignee_id is not null`);
  if (part.where) all.push(part.where);
  if (hasCursor) all.push(sql`(${sql.ref(part.column)}, id) ${than} (${place.from_value}, ${place.from_id})`);
  return sql.join(all, sql` and `);
}
