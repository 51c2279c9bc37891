/**
 * Conversations in three shapes: `Conversation` for the customer (client-api.md section 2.4), `AgentConversation` for agents
 * (application-api.md section 4.7), and that of events, webhooks and notifications (cable.md section C.2). The endpoints of
 * customers are client-api.md sections 5.5 to 5.10; `agent-conversations.ts` has those of agents. In paths and answers `id` is
 * the display id, a number within the account, never the database key.
 */
import Type, { type Static } from 'typebox';
import { ShortAgentBot } from './agent-bots.ts';
import { Agent } from './agents.ts';
import { Contact, ContactRecord, UnverifiedClaims } from './contacts.ts';
import { endpoints } from './endpoint.ts';
import { EventMessage, Message } from './messages.ts';
import {
  proof,
  proofKeys,
  sessionConversationKeys,
  sessionConversationPath,
  sessionParams,
  sessionPath,
} from './paths.ts';
import {
  alwaysNull,
  beforeId,
  FreeForm,
  fields,
  Id,
  IsoTime,
  named,
  nullable,
  shortText,
  UnixSeconds,
  words,
} from './schema.ts';
import { EventAgentBot, EventContact, EventUser } from './senders.ts';
import { EventTeam, Team } from './teams.ts';

/** `pending`: a bot has it; `snoozed`: it opens again at `snoozed_until` or with the customer's next message. */
export const ConversationStatus = words('open', 'resolved', 'pending', 'snoozed');
export type ConversationStatus = Static<typeof ConversationStatus>;

/** Set by agents; null for none. */
export const Priority = words('low', 'medium', 'high', 'urgent');
export type Priority = Static<typeof Priority>;

/** A conversation as the customer reads it (client-api.md section 2.4). */
export const Conversation = named('Conversation', {
  id: Type.Integer({ description: 'display id: counts per account, from 1' }),
  uuid: Type.String({ format: 'uuid' }),
  inbox_id: Id,
  contact_last_seen_at: UnixSeconds,
  status: ConversationStatus,
  agent_last_seen_at: UnixSeconds,
  messages: Type.Array(Message, {
    description: 'the newest, oldest of them first; no private notes, no activities',
  }),
  contact: ContactRecord,
});
export type Conversation = Static<typeof Conversation>;

const core = {
  id: Type.Integer({ description: 'display id: counts per account, from 1' }),
  inbox_id: Id,
  status: ConversationStatus,
  priority: nullable(Priority),
  unread_count: Type.Integer({ minimum: 0, maximum: 10 }),
  can_reply: Type.Boolean(),
  labels: Type.Array(Type.String()),
  additional_attributes: FreeForm,
  custom_attributes: FreeForm,
  snoozed_until: nullable(IsoTime),
  created_at: UnixSeconds,
  updated_at: Type.Number({ description: 'unix seconds with a fraction' }),
  timestamp: UnixSeconds,
  last_activity_at: UnixSeconds,
  agent_last_seen_at: UnixSeconds,
  contact_last_seen_at: UnixSeconds,
  waiting_since: UnixSeconds,
};

/** People and places around a conversation. `assignee`, `assignee_type` and `team` are absent when there is none. */
export const AgentConversationMeta = named('AgentConversationMeta', {
  sender: Contact,
  channel: Type.Literal('Channel::Api'),
  hmac_verified: nullable(Type.Boolean()),
  assignee: Type.Optional(Type.Union([Agent, ShortAgentBot], { title: 'Assignee' })),
  assignee_type: Type.Optional(words('User', 'AgentBot')),
  team: Type.Optional(Team),
  unverified_claims: Type.Optional(UnverifiedClaims),
});
export type AgentConversationMeta = Static<typeof AgentConversationMeta>;

/** A conversation as agents read it (application-api.md section 4.7). */
export const AgentConversation = named('AgentConversation', {
  ...core,
  uuid: Type.String({ format: 'uuid' }),
  account_id: Id,
  messages: Type.Array(EventMessage, { maxItems: 1, description: 'the newest message of any kind' }),
  last_non_activity_message: nullable(EventMessage),
  muted: Type.Boolean({ description: 'the contact is blocked' }),
  first_reply_created_at: UnixSeconds,
  assignee_last_seen_at: UnixSeconds,
  sla_policy_id: alwaysNull(Id),
  meta: AgentConversationMeta,
});
export type AgentConversation = Static<typeof AgentConversation>;

/** The session of a conversation in events. `pubsub_token` only for the session itself (cable.md section E). */
export const EventContactInbox = named('EventContactInbox', {
  id: Id,
  contact_id: Id,
  inbox_id: Id,
  source_id: Type.String(),
  created_at: IsoTime,
  updated_at: IsoTime,
  hmac_verified: Type.Boolean(),
  pubsub_token: Type.Optional(nullable(Type.String())),
});
export type EventContactInbox = Static<typeof EventContactInbox>;

/** A union by `type`. */
const EventAssignee = Type.Union([EventUser, EventAgentBot], { title: 'EventAssignee' });

/** The people around a conversation in events. */
export const EventConversationMeta = named('EventConversationMeta', {
  sender: EventContact,
  assignee: nullable(EventAssignee),
  assignee_type: nullable(words('User', 'AgentBot')),
  team: nullable(EventTeam),
  hmac_verified: nullable(Type.Boolean()),
});
export type EventConversationMeta = Static<typeof EventConversationMeta>;

/** Keys of a conversation in events; `events.ts` adds `account_id` and what belongs to one event. */
export const eventConversationKeys = {
  ...core,
  channel: Type.Literal('Channel::Api'),
  contact_inbox: EventContactInbox,
  messages: Type.Array(EventMessage, {
    maxItems: 1,
    description: 'the newest message that is neither private nor an activity',
  }),
  meta: EventConversationMeta,
  first_reply_created_at: nullable(IsoTime),
};

/** A conversation in notifications and webhooks (cable.md section C.2). */
export const EventConversation = named('EventConversation', eventConversationKeys);
export type EventConversation = Static<typeof EventConversation>;

const sessionConversationParams = fields(sessionConversationKeys);

/** Endpoints of customers. */
export const clientConversations = endpoints({
  createConversation: {
    method: 'POST',
    path: `${sessionPath}/conversations`,
    auth: 'session',
    tag: 'Conversations (client)',
    summary: 'Start a conversation',
    description:
      'In an inbox that allows one conversation per session, the latest existing one is returned unchanged.',
    params: sessionParams,
    body: fields({ custom_attributes: Type.Optional(FreeForm), ...proofKeys }),
    ignores: ['additional_attributes', 'status', 'assignee_id'],
    returns: Conversation,
  },
  listConversations: {
    method: 'GET',
    path: `${sessionPath}/conversations`,
    auth: 'session',
    tag: 'Conversations (client)',
    summary: 'List the own conversations, oldest first: the newest 100, or the 100 before one',
    description:
      'A verified session sees all conversations of its contact. Each has its newest 20 messages; `GET .../messages` ' +
      'with `before` reads older ones.',
    params: sessionParams,
    query: fields({ before: Type.Optional(beforeId('conversations')), ...proofKeys }),
    returns: Type.Array(Conversation),
  },
  getConversation: {
    method: 'GET',
    path: sessionConversationPath,
    auth: 'session',
    tag: 'Conversations (client)',
    summary: 'Read a conversation with its newest 1000 messages',
    description: '`GET .../messages` with `before` reads older ones.',
    params: sessionConversationParams,
    query: proof,
    returns: Conversation,
  },
  toggleStatus: {
    method: 'POST',
    path: `${sessionConversationPath}/toggle_status`,
    auth: 'session',
    inPieces: true,
    tag: 'Conversations (client)',
    summary: 'Resolve a conversation; writing a message opens it again',
    params: sessionConversationParams,
    body: proof,
    returns: Conversation,
  },
  toggleTyping: {
    method: 'POST',
    path: `${sessionConversationPath}/toggle_typing`,
    auth: 'session',
    tag: 'Conversations (client)',
    summary: 'Tell agents that the customer is typing, or has stopped',
    params: sessionConversationParams,
    body: fields({
      typing_status: Type.Optional(shortText('`on` or `off`; anything else does nothing')),
      ...proofKeys,
    }),
    returns: null,
  },
  updateLastSeen: {
    method: 'POST',
    path: `${sessionConversationPath}/update_last_seen`,
    auth: 'session',
    inPieces: true,
    tag: 'Conversations (client)',
    summary: 'Tell that the customer has read everything up to now',
    params: sessionConversationParams,
    body: proof,
    returns: null,
  },
});
