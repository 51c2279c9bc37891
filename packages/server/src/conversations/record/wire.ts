/** Converts conversation rows to the wire: for contacts, for agents and for events. Their messages come converted. */
import type { Conversation, EventConversation, EventMessage, Message } from '@hoory/contract';
import { toEventBot } from '../../agent-bots/wire.ts';
import { toEventUser } from '../../agents/sender.ts';
import { toContactRecord, toEventContact } from '../../contacts/wire.ts';
import type { ContactInboxRow, ConversationRow, InboxRow } from '../../db/tables.ts';
import { readFreeForm } from '../../free-form.ts';
import { readWords } from '../../stored-json.ts';
import { toEventTeam } from '../../teams/wire.ts';
import { toIso, toIsoOrNull, toUnix } from '../../time.ts';
import type { RelatedRows } from './related-rows.ts';
import { canReply } from './rules.ts';

/** Related rows, as far as events show them. */
type EventSurroundings = Omit<RelatedRows, 'inbox'> & { inbox: Pick<InboxRow, 'additional_attributes'> };

/** A conversation of the client API (client-api.md section 2.4). */
export function toConversation(
  { conversation, contact }: Pick<RelatedRows, 'conversation' | 'contact'>,
  messages: Message[],
): Conversation {
  return {
    id: conversation.display_id,
    uuid: conversation.uuid,
    inbox_id: conversation.inbox_id,
    contact_last_seen_at: toUnix(conversation.contact_last_seen_at),
    status: conversation.status,
    agent_last_seen_at: toUnix(conversation.agent_last_seen_at),
    messages,
    contact: toContactRecord(contact),
  };
}

/**
 * A conversation in events (cable.md section C.2).
 * @param now milliseconds since 1970
 * @param reader the session that the event is for: only it sees its own `pubsub_token`
 */
export function toEventConversation(
  { conversation, session, contact, inbox, assignee, assigneeBot, team }: EventSurroundings,
  last: EventMessage | undefined,
  { now, reader }: { now: number; reader?: ContactInboxRow },
): EventConversation & { account_id: number } {
  return {
    account_id: conversation.account_id,
    ...conversationCore({ conversation, inbox }, now),
    channel: 'Channel::Api',
    first_reply_created_at: toIsoOrNull(conversation.first_reply_created_at),
    contact_inbox: {
      id: session.id,
      contact_id: session.contact_id,
      inbox_id: session.inbox_id,
      source_id: session.source_id,
      created_at: toIso(session.created_at),
      updated_at: toIso(session.updated_at),
      hmac_verified: session.hmac_verified === 1,
      pubsub_token: reader?.id === session.id ? session.pubsub_token : null,
    },
    messages: last ? [last] : [],
    meta: {
      sender: toEventContact(contact),
      assignee: assignee ? toEventUser(assignee) : assigneeBot ? toEventBot(assigneeBot) : null,
      assignee_type: assignee ? 'User' : assigneeBot ? 'AgentBot' : null,
      team: team ? toEventTeam(team) : null,
      hmac_verified: session.hmac_verified === 1,
    },
  };
}

/** Columns that the agent API shows, and that name the related rows it shows. */
export const conversationViewColumns = [
  'id',
  'account_id',
  'display_id',
  'uuid',
  'inbox_id',
  'status',
  'priority',
  'assignee_id',
  'assignee_agent_bot_id',
  'team_id',
  'labels',
  'snoozed_until',
  'waiting_since',
  'first_reply_created_at',
  'last_activity_at',
  'contact_last_seen_at',
  'agent_last_seen_at',
  'assignee_last_seen_at',
  'additional_attributes',
  'custom_attributes',
  'unread_count',
  'last_message_id',
  'last_non_activity_message_id',
  'last_incoming_at',
  'created_at',
  'updated_at',
] as const satisfies readonly (keyof ConversationRow)[];
export type ConversationViewRow = Pick<ConversationRow, (typeof conversationViewColumns)[number]>;

interface Core {
  conversation: ConversationViewRow;
  inbox: Pick<InboxRow, 'additional_attributes'>;
}

/** Keys that events and the agent API share. */
export function conversationCore({ conversation, inbox }: Core, now: number) {
  return {
    id: conversation.display_id,
    inbox_id: conversation.inbox_id,
    status: conversation.status,
    priority: conversation.priority,
    unread_count: Math.min(conversation.unread_count, 10),
    can_reply: canReply(conversation, inbox, now),
    labels: readWords(conversation.labels),
    additional_attributes: readFreeForm(conversation.additional_attributes),
    custom_attributes: readFreeForm(conversation.custom_attributes),
    snoozed_until: toIsoOrNull(conversation.snoozed_until),
    created_at: toUnix(conversation.created_at),
    updated_at: conversation.updated_at / 1000,
    timestamp: toUnix(conversation.last_activity_at),
    last_activity_at: toUnix(conversation.last_activity_at),
    agent_last_seen_at: toUnix(conversation.agent_last_seen_at),
    contact_last_seen_at: toUnix(conversation.contact_last_seen_at),
    waiting_since: toUnix(conversation.waiting_since),
  };
}
