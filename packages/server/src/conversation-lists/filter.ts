/**
 * Lists of conversations that meet the conditions of a filter (application-api.md section 6.8), which `db/filter.ts` converts to
 * SQL.
 */
import { type agentConversations, type Input, own } from '@hoory/contract';
import { type RawBuilder, sql } from 'kysely';
import { clockOfAccount } from '../accounts/time-zone.ts';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import { customColumns } from '../custom-attributes/filter-columns.ts';
import { countCandidates } from '../db/bounded-list.ts';
import {
  type Condition,
  type Filter,
  type FilterColumn,
  filterBy,
  jsonFilterColumn,
  rangeOperators,
  rangesOf,
} from '../db/filter.ts';
import { fold } from '../fold.ts';
import { openLabelNormalizer } from '../labels/label-titles.ts';
import { findText } from '../text.ts';
import { type ConversationPage, listScope } from './list.ts';
import { type Scope, scopeOf, selectLabelled } from './scope.ts';

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
  const filter = filterBy(app.db, conditions, {
    columnOf: (key) =>
      key === 'labels'
        ? labelColumn(app, caller.account.id, normalize)
        : (builtInColumn(app, caller.account.id, key) ?? custom.get(key)),
    now: app.now(),
    clock: clockOfAccount(caller.account),
  });
  const scope = await scopeOf(app, caller, { status: 'all' });
  const narrowed = narrow(scope, conditions, filter);
  return listScope(
    app,
    caller,
    isOfStatusOnly(conditions, filter)
      ? narrowed
      : { ...narrowed, rest: [filter.where], candidates: await filter.findCandidates() },
    { ...input, list: 'conversations/filter' },
  );
}

const isOfStatus = ({ attribute_key, filter_operator }: Condition) =>
  attribute_key === 'status' && filter_operator === 'equal_to';

/** Whether the conditions limit the statuses and nothing else, as lists and their counters do. */
const isOfStatusOnly = (conditions: readonly Condition[], { tests }: Filter): boolean =>
  tests !== undefined && conditions.every(isOfStatus);

/** The scope with what the indexes of lists have of the conditions, where all conditions must be met. */
function narrow(scope: Scope, conditions: readonly Condition[], filter: Filter): Scope {
  if (!filter.tests) return scope;
  const statuses = conditions
    .filter(isOfStatus)
    .map(({ values = [] }) => values.map((value) => fold(findText(value) ?? '')));
  return {
    ...scope,
    statuses: scope.statuses.filter((status) => statuses.every((values) => values.includes(status))),
    range: rangeOf(scope.account_id, conditions, filter),
  };
}

/** The ranges of activity and of creation that all matches have; undefined when the filter names none. */
function rangeOf(
  account_id: number,
  conditions: readonly Condition[],
  filter: Filter,
): RawBuilder<boolean> | undefined {
  const created = rangesOf(conditions, filter, 'created_at').map(({ where, operator }) => {
    const [aggregate, sign, way] =
      operator === 'is_greater_than' ? ['min', '>=', 'asc'] : ['max', '<=', 'desc'];
    // Ids grow with the time of creation, in the order of commits up to a few.
    return sql`conversations.id ${sql.raw(`${sign} (select ${aggregate}(id)`)} from (
      select id from conversations where account_id = ${account_id} and ${where}
      order by created_at ${sql.raw(way)} limit 1000) as outermost)`;
  });
  const ranges = [...rangesOf(conditions, filter, 'last_activity_at').map(({ where }) => where), ...created];
  return ranges.length ? sql`${sql.join(ranges, sql` and `)}` : undefined;
}

const labelColumn = ({ db }: App, account_id: number, read: (text: string) => string): FilterColumn => ({
  kind: 'list',
  expression: sql.ref('conversations.labels'),
  read,
  index: {
    operators: ['equal_to'],
    select: ({ texts }) => countCandidates(db.longReads, selectLabelled(db, account_id, texts)),
  },
});

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

/** Operators for which an index has the column; beside its equal values, that of a date has ranges. */
const indexed: Record<string, readonly string[]> = {
  priority: ['equal_to'],
  assignee_id: ['equal_to'],
  team_id: ['equal_to'],
  contact_id: ['equal_to'],
  display_id: ['equal_to'],
  created_at: rangeOperators,
};

const additional = ['browser_language', 'conversation_language', 'referer', 'mail_subject', 'campaign_id'];

/** The column of a built-in attribute, or the key of `additional_attributes`; undefined for other attributes. */
function builtInColumn({ db }: App, account_id: number, key: string): FilterColumn | undefined {
  const kind = own(columns, key);
  if (kind)
    return {
      kind,
      expression: sql.ref(`conversations.${key}`),
      ...(key === 'last_activity_at' && db.dialect === 'postgres' && { steps: sql.ref('activity_step') }),
      index: {
        operators: own(indexed, key) ?? [],
        select: ({ where }) => countCandidates(db.longReads, selectByIndex(account_id, key, where)),
      },
    };
  return additional.includes(key)
    ? jsonFilterColumn(db, { column: 'additional_attributes', key, kind: 'text' })
    : undefined;
}

function selectByIndex(account_id: number, key: string, where: RawBuilder<boolean>): RawBuilder<unknown> {
  // The index of priorities has the status before them.
  const statuses = key === 'priority' ? sql`and status in ('open', 'resolved', 'pending', 'snoozed')` : sql``;
  return sql`select id from conversations where account_id = ${account_id} ${statuses} and ${where}`;
}
