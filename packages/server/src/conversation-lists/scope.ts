/** The scope of a list of conversations: all of its filters but the assignee (application-api.md section 6.8). */
import type { agentConversations, ConversationStatus, Input } from '@hoory/contract';
import { type RawBuilder, sql } from 'kysely';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import { type Candidates, candidatesOf, countCandidates, fewest } from '../db/bounded-list.ts';
import type { Db, Sql } from '../db/db.ts';
import { byIndex, findsRow, isAnyOf, isAnySelected, isAnyTextOf } from '../db/dialect.ts';
import { parseSearchQuery, searchIds } from '../db/search/search.ts';
import { visibleInboxIds } from '../inboxes/access.ts';
import { normalizeLabels } from '../labels/label-titles.ts';

export type ListInput = Omit<Input<(typeof agentConversations)['agentListConversations']>, 'account_id'>;

export interface Scope {
  account_id: number;
  statuses: readonly ConversationStatus[];
  /** Ids of inboxes; all of the account when absent. */
  inboxes?: readonly number[];
  team_id?: number;
  /** Conditions on columns that counters and the indexes of the orders do not have. */
  rest: readonly RawBuilder<boolean>[];
  /** Few conversations, of which all that meet `rest` are one. */
  candidates?: Candidates | undefined;
  /** A condition on activity and id, which the index of the order by activity has. */
  range?: RawBuilder<boolean> | undefined;
  /** Ids of the messages that match `q`, the newest first. */
  matchingMessages?: readonly number[];
}

export const allStatuses = ['open', 'resolved', 'pending', 'snoozed'] as const;

/**
 * The scope of a request. The counts are of all assignees, so it leaves the assignee filter out. Blank and 0 are absent (section
 * 8).
 */
export async function scopeOf(app: App, caller: AgentCaller, input: ListInput): Promise<Scope> {
  const visible = await visibleInboxIds(app, caller);
  const text = input.q?.trim();
  const status = text ? 'all' : (input.status ?? 'open');
  const labels = await normalizeLabels(app.db, caller.account.id, input.labels ?? []);
  const conditions = conditionsOfInput(app, caller, { ...input, labels });
  const matchingMessages = text ? await listMatchingMessageIds(app, caller, text) : undefined;
  const saying = matchingMessages && (await listConversationIds(app.db, matchingMessages));
  const { longReads } = app.db;
  return {
    account_id: caller.account.id,
    statuses: status === 'all' ? allStatuses : [status],
    ...inboxesOf(visible, input.inbox_id),
    ...(input.team_id && { team_id: input.team_id }),
    rest: [
      ...conditions.map(({ where }) => where),
      ...(saying ? [isAnyOf(app.db, 'conversations.id', saying)] : []),
    ],
    candidates: fewest([
      ...(await Promise.all(conditions.map(({ select }) => select && countCandidates(longReads, select)))),
      saying && candidatesOf(app.db, saying),
    ]),
    ...(matchingMessages && { matchingMessages }),
  };
}

function inboxesOf(visible: 'all' | number[], inbox_id: number | undefined): Pick<Scope, 'inboxes'> {
  if (visible === 'all') return inbox_id ? { inboxes: [inbox_id] } : {};
  return { inboxes: inbox_id ? visible.filter((id) => id === inbox_id) : visible };
}

interface ScopeCondition {
  where: RawBuilder<boolean>;
  /** Selects the ids of all conversations that meet the condition, by an index. */
  select?: RawBuilder<unknown>;
}

function conditionsOfInput(app: App, caller: AgentCaller, input: ListInput): ScopeCondition[] {
  const account_id = caller.account.id;
  const conditions: ScopeCondition[] = [];
  if (input.labels?.length) conditions.push(hasAnyLabel(app.db, account_id, input.labels));
  if (input.source_id) conditions.push(isOfSession(app.db, account_id, input.source_id));
  if (input.updated_within)
    conditions.push({ where: sql`updated_at > ${app.now() - input.updated_within * 1000}` });
  if (input.conversation_type === 'participating')
    conditions.push(ofUser(app.db, 'conversation_participants', caller));
  if (input.conversation_type === 'mention') conditions.push(ofUser(app.db, 'mentions', caller));
  if (input.conversation_type === 'unattended')
    conditions.push({ where: sql`(first_reply_created_at is null or waiting_since is not null)` });
  return conditions;
}

function hasAnyLabel(db: Sql, account_id: number, labels: readonly string[]): ScopeCondition {
  return {
    where: findsRow(sql`select 1 from conversation_labels where conversation_id = conversations.id
      and ${isAnyTextOf(db, 'label', labels)}`),
    select: selectLabelled(db, account_id, labels),
  };
}

/** Selects the ids of conversations that have one of these labels. */
export const selectLabelled = (db: Sql, account_id: number, labels: readonly string[]): RawBuilder<unknown> =>
  sql`select conversation_id from conversation_labels ${byIndex(db, 'conversation_labels_by_label')}
    where account_id = ${account_id} and ${isAnyTextOf(db, 'label', labels)}`;

function isOfSession(db: Sql, account_id: number, source_id: string): ScopeCondition {
  const sessions = sql`select contact_inboxes.id from inboxes
    join contact_inboxes on contact_inboxes.inbox_id = inboxes.id and source_id = ${source_id}
    where inboxes.account_id = ${account_id}`;
  return {
    where: sql`contact_inbox_id in (${sessions})`,
    select: sql`select id from conversations where ${isAnySelected(db, 'contact_inbox_id', sessions)}`,
  };
}

/** The newest matching messages, whose conversations are listed and counted. */
export const maxMatchingMessages = 1000;

/** Ids of messages with the words of `text` that the caller may see, the newest first. */
async function listMatchingMessageIds(app: App, caller: AgentCaller, text: string): Promise<number[]> {
  const visible = await visibleInboxIds(app, caller);
  return searchIds(app.db.longReads, 'messages', {
    account_id: caller.account.id,
    query: parseSearchQuery(text),
    ...(visible !== 'all' && { inboxes: visible }),
    limit: maxMatchingMessages,
  });
}

async function listConversationIds(db: Db, messages: readonly number[]): Promise<number[]> {
  if (!messages.length) return [];
  const rows = await db.longReads.all(
    sql<{
      id: number;
    }>`select distinct conversation_id as id from messages where ${isAnyOf(db, 'id', messages)}`,
  );
  return rows.map(({ id }) => id);
}

function ofUser(
  db: Sql,
  table: 'conversation_participants' | 'mentions',
  { account, user }: AgentCaller,
): ScopeCondition {
  const where = sql`account_id = ${account.id} and user_id = ${user.id}`;
  return {
    where: findsRow(sql`select 1 from ${sql.table(table)} as theirs
      where theirs.conversation_id = conversations.id and theirs.user_id = ${user.id}`),
    select: sql`select conversation_id from ${sql.table(table)} ${byIndex(db, `${table}_by_user`)} where ${where}`,
  };
}
