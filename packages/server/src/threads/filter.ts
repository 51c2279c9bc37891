/** Conversations that meet conditions (application-api.md section 6.8); what conditions are is said in `db/filter.ts`. */
import type { agentConversations, ConversationCounts, Input } from '@hoory/contract';
import { type ExpressionBuilder, sql } from 'kysely';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import type { Runnable } from '../db/db.ts';
import { type FilterColumn, filterBy, jsonFilterColumn } from '../db/filter.ts';
import type { Tables } from '../db/tables.ts';
import { visibleInboxIds } from '../inboxes/access.ts';
import type { Listed } from './list.ts';

type FilterInput = Input<(typeof agentConversations)['agentFilterConversations']>;

const pageSize = 25;

type On = ExpressionBuilder<Tables, 'conversations'>;
type Where = (on: On) => ReturnType<On['and']>;

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
      .select('id')
      .where(where)
      .orderBy('last_activity_at', 'desc')
      .orderBy('id', 'desc')
      .limit(pageSize)
      .offset(((input.page ?? 1) - 1) * pageSize),
  );
  return { counts: await count(app, caller, where), ids: rows.map(({ id }) => id) };
}

async function seenBy(app: App, caller: AgentCaller): Promise<Where> {
  const inboxes = await visibleInboxIds(app, caller);
  return (on) =>
    on.and([
      on('account_id', '=', caller.account.id),
      ...(inboxes === 'all' ? [] : [on('inbox_id', 'in', inboxes.length ? inboxes : [0])]),
    ]);
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
