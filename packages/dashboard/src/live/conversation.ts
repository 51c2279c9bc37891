/**
 * A conversation as the desk keeps it: one shape for answers of the agent API and for events. Both carry every field, so the
 * newer one replaces the older one and nothing has to be merged, except the few fields that only the API has.
 */
import type {
  AgentConversation,
  AgentMessage,
  Contact,
  EventConversation,
  EventMessage,
  UnverifiedClaims,
} from '@hoory/client';
import { MessageType } from './message-type.ts';

export interface Conversation {
  id: number;
  inbox_id: number;
  status: AgentConversation['status'];
  priority: AgentConversation['priority'];
  labels: readonly string[];
  /** Unread messages of the customer; the server counts up to 10. */
  unread_count: number;
  can_reply: boolean;
  custom_attributes: Record<string, unknown>;
  additional_attributes: Record<string, unknown>;
  /** ISO time; null when not snoozed, or snoozed until the customer writes. */
  snoozed_until: string | null;
  /** Unix seconds, as the four times below; 0 means never. */
  created_at: number;
  last_activity_at: number;
  waiting_since: number;
  agent_last_seen_at: number;
  contact_last_seen_at: number;
  contact: Person;
  /** Whether the customer's identity is proved by an HMAC; null when the session claims none. */
  verified: boolean | null;
  /** Identity that the session states without proof. Events do not carry it. */
  claims?: UnverifiedClaims;
  assignee?: Assignee;
  team?: { id: number; name: string };
  /** Newest message for the row of the list: no activity, but private notes. Events never carry a note here. */
  last?: LastMessage;
  /** Id of the newest message of any kind. It orders conversations whose times are equal to the second. */
  newest_id: number;
}

/** The contact of a conversation, as far as screens show it. */
export type Person = Pick<
  Contact,
  | 'id'
  | 'name'
  | 'email'
  | 'phone_number'
  | 'identifier'
  | 'thumbnail'
  | 'blocked'
  | 'additional_attributes'
  | 'custom_attributes'
>;

/** An agent or a bot. Their ids overlap, so `isBot` is part of the identity. */
export interface Assignee {
  id: number;
  name: string;
  thumbnail: string;
  isBot: boolean;
}

/** The newest message as a row of the list shows it. */
export type LastMessage = Pick<
  AgentMessage,
  'id' | 'content' | 'message_type' | 'content_type' | 'private' | 'status' | 'created_at' | 'sender'
> & { deleted: boolean; attachment?: string };

/** Converts an answer of the agent API. */
export function fromApi(record: AgentConversation): Conversation {
  const { assignee, assignee_type, sender, team } = record.meta;
  return {
    ...coreOf(record),
    contact: toPerson(sender),
    verified: record.meta.hmac_verified,
    claims: record.meta.unverified_claims,
    assignee: assignee && {
      id: assignee.id,
      name: 'available_name' in assignee ? assignee.available_name : assignee.name,
      thumbnail: assignee.thumbnail,
      isBot: assignee_type === 'AgentBot',
    },
    team: team && { id: team.id, name: team.name },
    newest_id: record.messages[0]?.id ?? 0,
    last: record.last_non_activity_message ? toLastMessage(record.last_non_activity_message) : undefined,
  };
}

/** Converts an event. It carries neither private notes nor claims: those are taken from `before`. */
export function fromEvent(record: EventConversation, before?: Conversation): Conversation {
  const { assignee, sender, team } = record.meta;
  const newest = record.messages[0];
  const last = newest && toLastMessage(newest);
  return {
    ...coreOf(record),
    contact: toPerson(sender),
    verified: record.meta.hmac_verified,
    claims: before?.claims,
    assignee: assignee
      ? {
          id: assignee.id,
          name: 'available_name' in assignee ? assignee.available_name : assignee.name,
          thumbnail: assignee.avatar_url,
          isBot: assignee.type === 'agent_bot',
        }
      : undefined,
    team: team ? { id: team.id, name: team.name } : undefined,
    newest_id: Math.max(before?.newest_id ?? 0, newest?.id ?? 0),
    last: before?.last && (!last || before.last.id >= last.id) ? before.last : last,
  };
}

/** The conversation after `message.created` or `message.updated`. The event carries the new counters itself. */
export function withMessage(conversation: Conversation, message: EventMessage): Conversation {
  const { last } = conversation;
  const isNewest = message.message_type !== MessageType.activity && (!last || message.id >= last.id);
  return {
    ...conversation,
    unread_count: message.conversation.unread_count,
    last_activity_at: Math.max(conversation.last_activity_at, message.conversation.last_activity_at),
    newest_id: Math.max(conversation.newest_id, message.id),
    ...(isNewest && { last: toLastMessage(message) }),
  };
}

/** The fields of a contact that screens show, from an answer or an event alike. */
export const toPerson = (contact: Person): Person => ({
  id: contact.id,
  name: contact.name,
  email: contact.email,
  phone_number: contact.phone_number,
  identifier: contact.identifier,
  thumbnail: contact.thumbnail,
  blocked: contact.blocked,
  additional_attributes: contact.additional_attributes,
  custom_attributes: contact.custom_attributes,
});

/** Reduces a message to what a row of the list shows. */
export function toLastMessage(message: AgentMessage): LastMessage {
  return {
    id: message.id,
    content: message.content,
    message_type: message.message_type,
    content_type: message.content_type,
    private: message.private,
    status: message.status,
    created_at: message.created_at,
    sender: message.sender,
    deleted: message.content_attributes.deleted === true,
    attachment: message.attachments?.[0]?.file_type,
  };
}

/** The fields that answers and events have in common. */
function coreOf(record: AgentConversation | EventConversation) {
  const { id, inbox_id, status, priority, labels, unread_count, can_reply } = record;
  return {
    id,
    inbox_id,
    status,
    priority,
    labels,
    unread_count,
    can_reply,
    custom_attributes: record.custom_attributes,
    additional_attributes: record.additional_attributes,
    snoozed_until: record.snoozed_until,
    created_at: record.created_at,
    last_activity_at: record.last_activity_at,
    waiting_since: record.waiting_since,
    agent_last_seen_at: record.agent_last_seen_at,
    contact_last_seen_at: record.contact_last_seen_at,
  };
}
