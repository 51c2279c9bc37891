/** The scope of a list of conversations: all of its filters but the assignee (application-api.md section 6.8). */
import type { agentConversations, ConversationStatus, Input } from '@hoory/contract';
import { type RawBuilder, sql } from 'kysely';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import type { Sql } from '../db/db.ts';
import { isAnyOf, isAnyTextOf, unindexed } from '../db/dialect.ts';
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
  /** Conditions on columns that counters and indexes do not have. */
  rest: readonly RawBuilder<boolean>[];
}

const allStatuses = ['open', 'resolved', 'pending', 'snoozed'] as const;

/**
 * The scope of a request. The counts are of all assignees, so it leaves the assignee filter out. Blank and 0 are absent (section
 * 8).
 */
export async function scopeOf(app: App, caller: AgentCaller, input: ListInput): Promise<Scope> {
  const visible = await visibleInboxIds(app, caller);
  const text = input.q?.trim();
  const status = text ? 'all' : (input.status ?? 'open');
  return {
    account_id: caller.account.id,
    statuses: status === 'all' ? allStatuses : [status],
    ...inboxesOf(visible, input.inbox_id),
    ...(input.team_id && { team_id: input.team_id }),
    rest: [
      ...restOf(app, caller, {
        ...input,
        labels: await normalizeLabels(app.db, caller.account.id, input.labels ?? []),
      }),
      ...(text ? [await hasMatchingMessage(app, caller, text)] : []),
    ],
  };
}

function inboxesOf(visible: 'all' | number[], inbox_id: number | undefined): Pick<Scope, 'inboxes'> {
  if (visible === 'all') return inbox_id ? { inboxes: [inbox_id] } : {};
  return { inboxes: inbox_id ? visible.filter((id) => id === inbox_id) : visible };
}

function restOf(app: App, caller: AgentCaller, input: ListInput): RawBuilder<boolean>[] {
  const { db } = app;
  const account_id = caller.account.id;
  const rest: RawBuilder<boolean>[] = [];
  if (input.labels?.length)
    rest.push(sql`exists (select 1 from conversation_labels where conversation_id = conversations.id
      and ${isAnyTextOf(db, 'label', input.labels)})`);
  if (input.source_id)
    rest.push(sql`contact_inbox_id in (select contact_inboxes.id from inboxes
      join contact_inboxes on contact_inboxes.inbox_id = inboxes.id and source_id = ${input.source_id}
      where inboxes.account_id = ${account_id})`);
  if (input.updated_within) rest.push(sql`updated_at > ${app.now() - input.updated_within * 1000}`);
  if (input.conversation_type === 'participating') rest.push(ofUser('conversation_participants', caller));
  if (input.conversation_type === 'mention') rest.push(ofUser('mentions', caller));
  if (input.conversation_type === 'unattended')
    rest.push(sql`(first_reply_created_at is null or waiting_since is not null)`);
  return rest;
}

/** An SQL condition: the conversation has a matching message, private or not, that is no activity. */
async function hasMatchingMessage(app: App, caller: AgentCaller, text: string): Promise<RawBuilder<boolean>> {
  const messages = await listMatchingMessageIds(app, caller, text);
  return sql`conversations.id in (select conversation_id from messages where ${isAnyOf(app.db, 'id', messages)})`;
}

/** Matching messages, the newest, whose conversations are listed. A query that more messages match is too general. */
const maxMessages = 10_000;

/** Ids of messages with the words of `text` that the caller may see, the newest first. */
export async function listMatchingMessageIds(app: App, caller: AgentCaller, text: string): Promise<number[]> {
  const visible = await visibleInboxIds(app, caller);
  return searchIds(app.db.longReads, 'messages', {
    account_id: caller.account.id,
    query: parseSearchQuery(text),
    ...(visible !== 'all' && { inboxes: visible }),
    limit: maxMessages,
  });
}

const ofUser = (table: 'conversation_participants' | 'mentions', { account, user }: AgentCaller) =>
  sql<boolean>`conversations.id in (select conversation_id from ${sql.table(table)}
    where account_id = ${account.id} and user_id = ${user.id})`;

/** Conditions of the scope, without account and status. */
export function conditionsOf(db: Sql, scope: Scope): RawBuilder<boolean>[] {
  const { inboxes, team_id, rest } = scope;
  const conditions = [...rest];
  const [only] = inboxes ?? [];
  if (inboxes?.length === 1) conditions.push(sql`inbox_id = ${only}`);
  else if (inboxes) conditions.push(isAnyOf(db, unindexed(db, 'inbox_id'), inboxes));
  if (team_id) conditions.push(sql`team_id = ${team_id}`);
  return conditions;
}
