/** Conversations that meet conditions (application-api.md section 6.8); what conditions are is said in `db/filter.ts`. */
import { type agentConversations, type Input, own } from '@hoory/contract';
import { sql } from 'kysely';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import { type FilterColumn, filterBy, jsonFilterColumn } from '../db/filter.ts';
import { labelSpelling } from '../labels/spelling.ts';
import { type Listed, listScope } from './list.ts';
import { scopeOf } from './list-scope.ts';

type FilterInput = Input<(typeof agentConversations)['agentFilterConversations']>;

/**
 * Conversations that meet the conditions, newest activity first.
 * @throws unprocessable for a bad condition, invalid for a cursor that this list has not given
 */
export async function filterConversations(
  app: App,
  caller: AgentCaller,
  input: FilterInput,
): Promise<Listed> {
  const conditions = (input.payload ?? []).filter(
    ({ attribute_key, values }) => !(attribute_key === 'status' && values?.includes('all')),
  );
  const custom = await customKeys(app, caller.account.id);
  const spell = await labelSpelling(app.db, caller.account.id);
  const met = filterBy(app.db, conditions, {
    columnOf: (key) =>
      key === 'labels'
        ? { kind: 'list', expression: sql.ref('conversations.labels'), read: spell }
        : columnOf(app, key, custom),
    now: app.now(),
  });
  const scope = await scopeOf(app, caller, { status: 'all' });
  return listScope(app, caller, { ...scope, rest: [met] }, { ...input, list: 'conversations/filter' });
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
  const kind = own(columns, key);
  if (kind) return { kind, expression: sql.ref(`conversations.${key}`) };
  if (additional.includes(key))
    return jsonFilterColumn(db, { column: 'additional_attributes', key, kind: 'text' });
  return custom.has(key)
    ? jsonFilterColumn(db, { column: 'custom_attributes', key, kind: 'text' })
    : undefined;
}
