/**
 * Records durations in the transaction that ends them: until the first answer, until each answer, until the resolution. Reports are
 * computed from these rows.
 */
import { MessageType } from '@hoory/contract';
import { sql } from 'kysely';
import type { Tx } from '../db/db.ts';
import { isAnyOf, isAnySelected, listValue } from '../db/dialect.ts';
import { takeIds } from '../db/new-ids.ts';
import { preparedQuery } from '../db/prepared-query.ts';
import type { ConversationRow, InboxRow, ReportEventRow } from '../db/tables.ts';
import { type ChangedAttributes, type DomainEvent, isNamed } from '../events/domain-events.ts';
import type { Listener } from '../events/listeners.ts';
import { workingTime } from './working-time.ts';

export type ReportEvent =
  | 'first_response'
  | 'reply_time'
  | 'conversation_resolved'
  | 'conversation_bot_resolved'
  | 'conversation_bot_handoff';

const namesOfChanges = ['conversation_updated', 'conversation_status_changed'] as const;
type ConversationChange = DomainEvent<(typeof namesOfChanges)[number]>;

/** Listener: records the end of a customer's wait or of a status. Other events cost no query. */
export const recordReports: Listener = {
  handle: async (tx, events) => recordEnds(tx, events.filter(isConversationChange).filter(endsWaitOrStatus)),
};

const isConversationChange = (event: DomainEvent): event is ConversationChange =>
  isNamed(event, namesOfChanges);

async function recordEnds(tx: Tx, changes: readonly ConversationChange[]): Promise<void> {
  if (!changes.length) return;
  const ids = [...new Set(changes.map(({ conversation_id }) => conversation_id))];
  const answered = changes.filter(({ event }) => event === 'conversation_updated');
  const [conversations, inboxes, nextId, agents] = await Promise.all([
    tx.all<ConversationRow>(
      tx.q
        .selectFrom('conversations')
        .selectAll()
        .where(isAnyOf(tx, 'id', ids)),
    ),
    findInboxes(
      tx,
      changes.map(({ inbox_id }) => inbox_id),
    ),
    takeIds(tx, 'report_events', changes.length * eventsPerChange),
    findReplyingAgents(
      tx,
      answered.map(({ conversation_id }) => conversation_id),
    ),
  ]);
  const byId = new Map(conversations.map((row) => [row.id, row]));
  const events = changes.flatMap((change) => {
    const conversation = byId.get(change.conversation_id);
    const inbox = conversation && inboxes.get(conversation.inbox_id);
    if (!conversation || !inbox) return [];
    return toReportEvents(change, { conversation, inbox, agent: agents.get(conversation.id) ?? null });
  });
  const rows = events.map((event) => ({ id: nextId(), ...event }));
  tx.awaitAtCommit(tx.insertMany('report_events', rows));
}

/** The most that a change causes. */
const eventsPerChange = 2;

type ReportInbox = Pick<
  InboxRow,
  'id' | 'agent_bot_id' | 'timezone' | 'working_hours' | 'working_hours_enabled'
>;

interface ReportedConversation {
  conversation: ConversationRow;
  inbox: ReportInbox;
  /** The id of the agent whose answer ended the wait; null for a bot. */
  agent: number | null;
}

async function findInboxes(tx: Tx, inbox_ids: readonly number[]): Promise<Map<number, ReportInbox>> {
  const ids = [...new Set(inbox_ids)];
  const rows: ReportInbox[] = await tx.all(
    tx.q
      .selectFrom('inboxes')
      .select(['id', 'agent_bot_id', 'timezone', 'working_hours', 'working_hours_enabled'])
      .where(isAnyOf(tx, 'id', ids)),
  );
  return new Map(rows.map((row) => [row.id, row]));
}

function endsWaitOrStatus({ event, detail }: ConversationChange): boolean {
  const { status, waiting_since, first_reply_created_at } = detail.changed_attributes;
  if (event === 'conversation_status_changed') return status !== undefined;
  if (status) return false;
  return Boolean(first_reply_created_at?.[1] || (waiting_since?.[0] && waiting_since[1] === null));
}

function toReportEvents(
  change: ConversationChange,
  reported: ReportedConversation,
): Omit<ReportEventRow, 'id'>[] {
  const changes = change.detail.changed_attributes;
  if (change.event === 'conversation_status_changed') return statusEvents(changes, reported);
  const { conversation, agent: user_id } = reported;
  const at = conversation.last_agent_message_at ?? conversation.updated_at;
  const waitedSince = changes.waiting_since?.[0];
  const event = (name: ReportEvent, from: number) => toReportEvent(name, reported, { user_id, from, at });
  return [
    ...(changes.first_reply_created_at?.[1] ? [event('first_response', conversation.created_at)] : []),
    ...(typeof waitedSince === 'string' ? [event('reply_time', Date.parse(waitedSince))] : []),
  ];
}

function statusEvents(
  { status }: ChangedAttributes,
  reported: ReportedConversation,
): Omit<ReportEventRow, 'id'>[] {
  const { assignee_id: user_id, created_at: from, updated_at: at } = reported.conversation;
  const event = (name: ReportEvent) => toReportEvent(name, reported, { user_id, from, at });
  if (status?.[1] === 'resolved')
    return [
      event('conversation_resolved'),
      ...(wasResolvedByBot(reported) ? [event('conversation_bot_resolved')] : []),
    ];
  return status?.[0] === 'pending' && status[1] === 'open' ? [event('conversation_bot_handoff')] : [];
}

/** Whether no agent has answered, in an inbox with a bot. */
const wasResolvedByBot = ({ conversation, inbox }: ReportedConversation): boolean =>
  conversation.first_reply_created_at === null && inbox.agent_bot_id !== null;

// By a list of ids: in a join of conversations with messages, PostgreSQL without statistics reads all messages.
const lastAnswers = preparedQuery(
  (_q, param: { ids: unknown }, db) => sql<{ conversation_id: number; sender_id: number }>`
    select conversation_id, sender_id from messages
    where ${isAnySelected(
      db,
      'id',
      sql`select (
        select earlier.id from messages as earlier
        where earlier.conversation_id = conversations.id and earlier.id <= conversations.last_message_id
          and earlier.message_type = ${sql.lit(MessageType.outgoing)} and earlier.private = 0
        order by earlier.id desc limit 1)
        from conversations where ${isAnyOf(db, 'conversations.id', param.ids)}`,
    )} and sender_type = 'User'`,
);

/** Ids of the agents who wrote the last public answers in these conversations. */
async function findReplyingAgents(tx: Tx, ids: readonly number[]): Promise<Map<number, number>> {
  if (!ids.length) return new Map();
  const rows = await tx.all(lastAnswers(tx, { ids: listValue(tx, [...new Set(ids)]) }));
  return new Map(rows.map(({ conversation_id, sender_id }) => [conversation_id, sender_id]));
}

const toReportEvent = (
  name: ReportEvent,
  { conversation: { id, account_id, inbox_id }, inbox }: ReportedConversation,
  { user_id, from, at }: { user_id: number | null; from: number; at: number },
): Omit<ReportEventRow, 'id'> => ({
  account_id,
  name,
  value: Math.max(0, Math.round((at - from) / 1000)),
  value_in_business_hours: Math.round(workingTime(inbox, from, at) / 1000),
  conversation_id: id,
  inbox_id,
  user_id,
  created_at: at,
});
