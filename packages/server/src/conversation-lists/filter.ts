/**
 * Lists of conversations that meet the conditions of a filter (application-api.md section 6.8), which `db/filter.ts` converts to
 * SQL.
 */
import { type agentConversations, type Input, own } from '@hoory/contract';
import { sql } from 'kysely';
import { clockOfAccount } from '../accounts/time-zone.ts';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import { customColumns } from '../custom-attributes/filter-columns.ts';
import { type FilterColumn, filterBy, jsonFilterColumn } from '../db/filter.ts';
import { openLabelNormalizer } from '../labels/label-titles.ts';
import { type ConversationPage, listScope } from './list.ts';
import { scopeOf } from './scope.ts';

type FilterInput = Input<(typeof agentConversations)['agentFilterConversations']>;

/**
 * A page of conversations that meet the conditions, newest activity first.
 * @throws unprocessable 422 for an invalid condition, invalid 422 for a cursor of another list
 */
export async function filterConversations(
  app: App,
  caller: AgentCaller,
  input: FilterInput,
): Promise<ConversationPage> {
  const conditions = (input.payload ?? []).filter(
    ({ attribute_key, values }) => !(attribute_key === 'status' && values?.includes('all')),
  );
  const custom = await customColumns(app.db, caller.account.id, 'conversation_attribute');
  const normalize = await openLabelNormalizer(app.db, caller.account.id);
  const condition = filterBy(app.db, conditions, {
    columnOf: (key) =>
      key === 'labels'
        ? { kind: 'list', expression: sql.ref('conversations.labels'), read: normalize }
        : (builtInColumn(app, key) ?? custom.get(key)),
    now: app.now(),
    clock: clockOfAccount(caller.account),
  });
  const scope = await scopeOf(app, caller, { status: 'all' });
  return listScope(app, caller, { ...scope, rest: [condition] }, { ...input, list: 'conversations/filter' });
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

/** The column of a built-in attribute, or the key of `additional_attributes`; undefined for other attributes. */
function builtInColumn({ db }: App, key: string): FilterColumn | undefined {
  const kind = own(columns, key);
  if (kind) return { kind, expression: sql.ref(`conversations.${key}`) };
  return additional.includes(key)
    ? jsonFilterColumn(db, { column: 'additional_attributes', key, kind: 'text' })
    : undefined;
}
