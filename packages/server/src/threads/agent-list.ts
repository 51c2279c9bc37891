/** Lists and counts of conversations for agents (application-api.md section 6.8). */
import type { agentConversations, ConversationCounts, Input } from '@hoory/contract';
import { type ExpressionBuilder, type RawBuilder, sql } from 'kysely';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import type { Runnable } from '../db/db.ts';
import { contains, isAnyTextOf } from '../db/dialect.ts';
import { type FilterColumn, filterBy, jsonFilterColumn } from '../db/filter.ts';
import type { ConversationRow, Tables } from '../db/tables.ts';
import { visibleInboxIds } from '../inboxes/access.ts';

type Endpoints = typeof agentConversations;
export type ListInput = Omit<Input<Endpoints['agentListConversations']>, 'account_id'>;
export type FilterInput = Input<Endpoints['agentFilterConversations']>;

const pageSize = 25;

type On = ExpressionBuilder<Tables, 'conversations'>;
type Where = (on: On) => ReturnType<On['and']>;

/** Conversations of a list and the counts of all assignee filters beside it. */
export interface Listed {
  counts: ConversationCounts;
  rows: ConversationRow[];
}

/** One page of the list; `updated_within` turns paging off. */
export async function listConversations(app: App, caller: AgentCaller, input: ListInput): Promise<Listed> {
  const where = await scopeOf(app, caller, input);
  const assigned = assigneeOf(caller, input.assignee_type);
  let query = app.db.q.selectFrom('conversations').selectAll().where(where).where(assigned);
  for (const order of ordersOf(input.sort_by)) query = query.orderBy(order);
  if (input.updated_within === undefined)
    query = query.limit(pageSize).offset(((input.page ?? 1) - 1) * pageSize);
  return { counts: await count(app, caller, where), rows: await app.db.all(query) };
}

export const countConversations = async (
  app: App,
  caller: AgentCaller,
  input: ListInput,
): Promise<ConversationCounts> => count(app, caller, await scopeOf(app, caller, input));

/** Conversations that meet the conditions, newest activity first. @throws unprocessable for a bad condition */
export async function filterConversations(
  app: App,
  caller: AgentCaller,
  input: FilterInput,
): Promise<Listed> {
  const { db } = app;
  const seen = await seenBy(app, caller);
  const conditions = (input.payload ?? []).filter(
    ({ attribute_key, values }) => !(attribute_key === 'status' && values?.includes('all')),
  );
  const custom = await customKeys(app, caller.account.id);
  const met = filterBy(db, conditions, { columnOf: (key) => columnOf(app, key, custom), now: app.now() });
  const where: Where = (on) => on.and([seen(on), met]);
  const rows = await db.all(
    db.q
      .selectFrom('conversations')
      .selectAll()
      .where(where)
      .orderBy('last_activity_at', 'desc')
      .orderBy('id', 'desc')
      .limit(pageSize)
      .offset(((input.page ?? 1) - 1) * pageSize),
  );
  return { counts: await count(app, caller, where), rows };
}

async function seenBy(app: App, caller: AgentCaller): Promise<Where> {
  const inboxes = await visibleInboxIds(app, caller);
  return (on) =>
    on.and([
      on('account_id', '=', caller.account.id),
      ...(inboxes === 'all' ? [] : [on('inbox_id', 'in', inboxes.length ? inboxes : [0])]),
    ]);
}

/** Everything but the assignee filter, which the counts leave out. Blank and 0 are absent (section 8). */
async function scopeOf(app: App, caller: AgentCaller, input: ListInput): Promise<Where> {
  const seen = await seenBy(app, caller);
  const { db } = app;
  const text = input.q?.trim();
  const status = text ? 'all' : (input.status ?? 'open');
  return (on) => {
    const parts = [seen(on)];
    if (status !== 'all') parts.push(on.and([on('status', '=', status)]));
    if (input.inbox_id) parts.push(on.and([on('inbox_id', '=', input.inbox_id)]));
    if (input.team_id) parts.push(on.and([on('team_id', '=', input.team_id)]));
    if (input.labels?.length) parts.push(on.and([on.exists(labelled(on, db, input.labels))]));
    if (input.source_id) parts.push(on.and([on.exists(ofSession(on, input.source_id))]));
    if (input.updated_within)
      parts.push(on.and([on('updated_at', '>', app.now() - input.updated_within * 1000)]));
    if (input.conversation_type === 'participating')
      parts.push(on.and([on.exists(ofUser(on, 'conversation_participants', caller))]));
    if (input.conversation_type === 'mention')
      parts.push(on.and([on.exists(ofUser(on, 'mentions', caller))]));
    if (input.conversation_type === 'unattended')
      parts.push(on.or([on('first_reply_created_at', 'is', null), on('waiting_since', 'is not', null)]));
    if (text) parts.push(on.and([on.exists(saying(on, db, text))]));
    return on.and(parts);
  };
}

const labelled = (on: On, db: App['db'], labels: string[]) =>
  on
    .selectFrom('conversation_labels')
    .select('label')
    .whereRef('conversation_id', '=', 'conversations.id')
    .where(isAnyTextOf(db, 'label', labels));

const ofUser = (on: On, table: 'conversation_participants' | 'mentions', { account, user }: AgentCaller) =>
  on
    .selectFrom(table)
    .select('user_id')
    .whereRef('conversation_id', '=', 'conversations.id')
    .where('account_id', '=', account.id)
    .where('user_id', '=', user.id);

const ofSession = (on: On, source_id: string) =>
  on
    .selectFrom('contact_inboxes')
    .select('contact_inboxes.id')
    .whereRef('contact_inboxes.id', '=', 'conversations.contact_inbox_id')
    .where('source_id', '=', source_id);

const saying = (on: On, db: App['db'], text: string) =>
  on
    .selectFrom('messages')
    .select('messages.id')
    .whereRef('conversation_id', '=', 'conversations.id')
    .where('message_type', 'in', [0, 1])
    .where(contains(db, 'content', text));

function assigneeOf(caller: AgentCaller, type: ListInput['assignee_type']): Where {
  return (on) => {
    if (type === 'me') return on.and([on('assignee_id', '=', caller.user.id)]);
    if (type === 'unassigned') return on.and([on('assignee_id', 'is', null)]);
    if (type === 'assigned') return on.and([on('assignee_id', 'is not', null)]);
    return on.and([]);
  };
}

async function count(app: App, caller: AgentCaller, where: Where): Promise<ConversationCounts> {
  const { q } = app.db;
  const counted: Runnable<{ all: number; mine: number | null; assigned: number }> = q
    .selectFrom('conversations')
    .select((on) => [
      on.fn.countAll<number>().as('all'),
      sql<number | null>`sum(case when assignee_id = ${caller.user.id} then 1 else 0 end)`.as('mine'),
      on.fn.count<number>('assignee_id').as('assigned'),
    ])
    .where(where);
  const { all, mine, assigned } = (await app.db.get(counted)) ?? { all: 0, mine: 0, assigned: 0 };
  return {
    mine_count: mine ?? 0,
    assigned_count: assigned,
    unassigned_count: all - assigned,
    all_count: all,
  };
}

const priority = sql`case priority when 'urgent' then 4 when 'high' then 3 when 'medium' then 2 when 'low' then 1 else 0 end`;

/** Orders by their words; the last four are older ones that shipped clients still send. */
function ordersOf(word: ListInput['sort_by']) {
  const orders: Record<string, RawBuilder<unknown>[]> = {
    last_activity_at_asc: [sql`last_activity_at asc`, sql`id asc`],
    created_at_asc: [sql`created_at asc`, sql`id asc`],
    created_at_desc: [sql`created_at desc`, sql`id desc`],
    priority_asc: [sql`${priority} asc`, sql`last_activity_at desc`],
    priority_desc: [sql`${priority} desc`, sql`last_activity_at desc`],
    priority_desc_created_at_asc: [sql`${priority} desc`, sql`created_at asc`],
    waiting_since_asc: [sql`waiting_since is null`, sql`waiting_since asc`],
    waiting_since_desc: [sql`waiting_since is null`, sql`waiting_since desc`],
    unread: [sql`case when unread_count > 0 then 0 else 1 end`, sql`last_activity_at desc`],
    sort_on_created_at: [sql`created_at asc`, sql`id asc`],
    sort_on_priority: [sql`${priority} desc`, sql`last_activity_at desc`],
    sort_on_waiting_since: [sql`waiting_since is null`, sql`waiting_since asc`],
  };
  return orders[word ?? ''] ?? [sql`last_activity_at desc`, sql`id desc`];
}

const columns: Record<string, FilterColumn['kind']> = {
  status: 'text',
  priority: 'text',
  assignee_id: 'number',
  inbox_id: 'number',
  team_id: 'number',
  contact_id: 'number',
  display_id: 'number',
  created_at: 'date',
  last_activity_at: 'date',
  labels: 'list',
};

const additional = ['browser_language', 'conversation_language', 'referer', 'mail_subject', 'campaign_id'];

/** Keys that the account has defined for its conversations. */
async function customKeys({ db }: App, account_id: number): Promise<Set<string>> {
  const rows = await db.all(
    db.q
      .selectFrom('custom_attribute_definitions')
      .select('attribute_key')
      .where('account_id', '=', account_id)
      .where('attribute_model', '=', 'conversation_attribute'),
  );
  return new Set(rows.map(({ attribute_key }) => attribute_key));
}

/** Built-in attributes are columns, what came with the conversation and what the account defined are keys in JSON. */
function columnOf({ db }: App, key: string, custom: ReadonlySet<string>): FilterColumn | undefined {
  const kind = columns[key];
  if (kind) return { kind, expression: sql.ref(`conversations.${key}`) };
  if (additional.includes(key))
    return jsonFilterColumn(db, { column: 'additional_attributes', key, kind: 'text' });
  return custom.has(key)
    ? jsonFilterColumn(db, { column: 'custom_attributes', key, kind: 'text' })
    : undefined;
}
