/**
 * Records durations in the transaction that ends them: until the first answer, until each answer, until the resolution. Reports are
 * computed from these rows.
 */
import { MessageType } from '@hoory/contract';
import type { Tx } from '../db/db.ts';
import { isAnyOf } from '../db/dialect.ts';
import { takeIds } from '../db/new-ids.ts';
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
  const [conversations, inboxes, nextId] = await Promise.all([
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
  ]);
  const byId = new Map(conversations.map((row) => [row.id, row]));
  const events = await Promise.all(
    changes.map(async (change) => {
      const conversation = byId.get(change.conversation_id);
      const inbox = conversation && inboxes.get(conversation.inbox_id);
      return conversation && inbox ? toReportEvents(tx, change, { conversation, inbox }) : [];
    }),
  );
  const rows = events.flat().map((event) => ({ id: nextId(), ...event }));
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

async function toReportEvents(
  tx: Tx,
  change: ConversationChange,
  reported: ReportedConversation,
): Promise<Omit<ReportEventRow, 'id'>[]> {
  const changes = change.detail.changed_attributes;
  if (change.event === 'conversation_status_changed') return statusEvents(changes, reported);
  const { conversation } = reported;
  const at = conversation.last_agent_message_at ?? conversation.updated_at;
  const user_id = await findReplyingAgent(tx, conversation);
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

/** The id of the agent whose answer ended the wait; null for a bot. */
async function findReplyingAgent(tx: Tx, { id, last_message_id }: ConversationRow): Promise<number | null> {
  const answer = await tx.get(
    tx.q
      .selectFrom('messages')
      .select(['sender_type', 'sender_id'])
      .where('conversation_id', '=', id)
      .where('id', '<=', last_message_id ?? 0)
      .where('message_type', '=', MessageType.outgoing)
      .where('private', '=', 0)
      .orderBy('id', 'desc')
      .limit(1),
  );
  return answer?.sender_type === 'User' ? answer.sender_id : null;
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
