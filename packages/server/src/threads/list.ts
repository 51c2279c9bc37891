/**
 * Lists of conversations for agents (application-api.md section 6.8). A page is found in an index that holds all that the
 * list filters by, and only its own rows are read; a cursor goes on where the last page ended, however deep.
 */
import type { ConversationCounts } from '@hoory/contract';
import { type RawBuilder, sql } from 'kysely';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import { loadConversations } from '../conversations/store.ts';
import type { Sql } from '../db/db.ts';
import type { ConversationRow } from '../db/tables.ts';
import { invalid } from '../errors.ts';
import { countScope } from './list-counts.ts';
import { type Part, partsOf } from './list-order.ts';
import { conditionsOf, type ListInput, type Scope, scopeOf } from './list-scope.ts';

const pageSize = 25;

/** `updated_within` turns paging off; more than this no screen and no client can use at once. */
const mostAtOnce = 1000;

/** Conversations of a list and the counts of all assignee filters beside it. */
export interface Listed {
  counts: ConversationCounts;
  rows: ConversationRow[];
  /** Where the next page begins, for orders of one part. */
  next_cursor?: string | null;
}

/** One page. @throws invalid for a cursor that none of our answers held */
export async function listConversations(app: App, caller: AgentCaller, input: ListInput): Promise<Listed> {
  const { db } = app;
  const scope = await scopeOf(app, caller, input);
  const parts = partsOf(input.sort_by);
  const isPaged = input.updated_within === undefined;
  const from = input.cursor ? cursorOf(input.cursor) : undefined;
  const limit = isPaged ? pageSize : mostAtOnce;
  const keys = await findKeys(db, scope, {
    parts,
    assignee: assigneeOf(caller, input.assignee_type),
    from,
    limit,
    offset: isPaged && !from ? ((input.page ?? 1) - 1) * pageSize : 0,
  });
  const rows = new Map(
    (
      await loadConversations(
        db,
        keys.map(({ id }) => id),
      )
    ).map((row) => [row.id, row]),
  );
  const last = keys.at(-1);
  return {
    counts: await countScope(db, scope, caller.user.id),
    rows: keys.flatMap(({ id }) => rows.get(id) ?? []),
    ...(parts.length === 1 && {
      next_cursor: last && keys.length === limit ? `${Math.abs(last.key)}_${last.id}` : null,
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

function assigneeOf(
  { user }: AgentCaller,
  type: ListInput['assignee_type'],
): RawBuilder<boolean> | undefined {
  if (type === 'me') return sql`assignee_id = ${user.id}`;
  if (type === 'unassigned') return sql`assignee_id is null`;
  return type === 'assigned' ? sql`assignee_id is not null` : undefined;
}

interface Paging {
  parts: readonly Part[];
  assignee: RawBuilder<boolean> | undefined;
  from: Cursor | undefined;
  limit: number;
  offset: number;
}

interface Key {
  id: number;
  /** The value of the ordering column, negative where it falls. */
  key: number;
}

/** Every part of every status comes from an index in order; at most a page more than the offset of each is merged. */
async function findKeys(
  db: Sql,
  scope: Scope,
  { parts, assignee, from, limit, offset }: Paging,
): Promise<Key[]> {
  const conditions = [...conditionsOf(db, scope), ...(assignee ? [assignee] : [])];
  const runs = parts.flatMap((part, rank) =>
    scope.statuses.map((status) => ({ part, rank, status, account_id: scope.account_id, conditions, from })),
  );
  const [only] = runs;
  if (runs.length === 1 && only) return db.all(sql<Key>`${runOf(only)} limit ${limit} offset ${offset}`);
  const merged = runs.map((run) => sql`select * from (${runOf(run)} limit ${limit + offset}) as run`);
  return db.all(
    sql<Key>`select id, key from (${sql.join(merged, sql` union all `)}) as runs
      order by rank, key, tie limit ${limit} offset ${offset}`,
  );
}

interface Run {
  part: Part;
  rank: number;
  status: string;
  account_id: number;
  conditions: readonly RawBuilder<boolean>[];
  from: Cursor | undefined;
}

function runOf({ part, rank, status, account_id, conditions, from }: Run): RawBuilder<unknown> {
  const column = sql.ref(part.column);
  const sign = sql.raw(part.direction === 'desc' ? '-' : '');
  const direction = sql.raw(part.direction);
  const than = sql.raw(part.direction === 'desc' ? '<' : '>');
  const all = [
    sql`account_id = ${account_id}`,
    sql`status = ${status}`,
    ...conditions,
    ...(part.where ? [part.where] : []),
    ...(from ? [sql`(${column}, id) ${than} (${from.value}, ${from.id})`] : []),
  ];
  const order = part.column === 'id' ? sql`id ${direction}` : sql`${column} ${direction}, id ${direction}`;
  return sql`select id, cast(${rank} as integer) as rank, ${sign}${column} as key, ${sign}id as tie
    from conversations where ${sql.join(all, sql` and `)} order by ${order}`;
}
