/** Conversations: what the customer reads, what agents read, what events carry; and the verbs on them. */
import Type, { type Static } from 'typebox';
import { ShortAgentBot } from './agent-bots.ts';
import { Agent } from './agents.ts';
import { Contact, ContactRecord, FilterCondition, UnverifiedClaims } from './contacts.ts';
import { endpoints } from './endpoint.ts';
import { ContentType, EventMessage, MAX_CONTENT, Message } from './messages.ts';
import {
  accountParams,
  accountPath,
  conversationKeys,
  conversationPath,
  page,
  proof,
  proofKeys,
  recordParams,
  sessionConversationKeys,
  sessionConversationPath,
  sessionParams,
  sessionPath,
} from './paths.ts';
import {
  FreeForm,
  fields,
  Id,
  IsoTime,
  named,
  nullable,
  object,
  ShortText,
  UnixSeconds,
  words,
} from './schema.ts';
import { EventAgentBot, EventContact, EventUser } from './senders.ts';
import { EventTeam, Team, TeamRow } from './teams.ts';

export const ConversationStatus = words('open', 'resolved', 'pending', 'snoozed');
export type ConversationStatus = Static<typeof ConversationStatus>;

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
  messages: Type.Array(Message, { description: 'no private notes, no activities; oldest first' }),
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
  assignee: Type.Optional(Type.Union([Agent, ShortAgentBot])),
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
  sla_policy_id: Type.Null(),
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

export const EventConversationMeta = object({
  sender: EventContact,
  assignee: nullable(Type.Union([EventUser, EventAgentBot])),
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
    returns: Conversation,
  },
  listConversations: {
    method: 'GET',
    path: `${sessionPath}/conversations`,
    auth: 'session',
    tag: 'Conversations (client)',
    summary: 'List the own conversations by id; a verified session sees all of its contact',
    params: sessionParams,
    query: proof,
    returns: Type.Array(Conversation),
  },
  getConversation: {
    method: 'GET',
    path: sessionConversationPath,
    auth: 'session',
    tag: 'Conversations (client)',
    summary: 'Read a conversation with its messages',
    params: sessionConversationParams,
    query: proof,
    returns: Conversation,
  },
  toggleStatus: {
    method: 'POST',
    path: `${sessionConversationPath}/toggle_status`,
    auth: 'session',
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
      typing_status: Type.Optional(Type.String({ description: '`on` or `off`; anything else does nothing' })),
      ...proofKeys,
    }),
    returns: null,
  },
  updateLastSeen: {
    method: 'POST',
    path: `${sessionConversationPath}/update_last_seen`,
    auth: 'session',
    tag: 'Conversations (client)',
    summary: 'Tell that the customer has read everything up to now',
    params: sessionConversationParams,
    body: proof,
    returns: null,
  },
});

/** How many conversations are open to whom, whatever the assignee filter says. */
export const ConversationCounts = named('ConversationCounts', {
  mine_count: Type.Integer(),
  assigned_count: Type.Integer(),
  unassigned_count: Type.Integer(),
  all_count: Type.Integer(),
});
export type ConversationCounts = Static<typeof ConversationCounts>;

const FilterCounts = object({
  mine_count: Type.Integer(),
  unassigned_count: Type.Integer(),
  all_count: Type.Integer(),
});

/** Orders of the list; the last four are older words that shipped clients still send (application-api.md 6.8). */
export const ConversationOrder = words(
  'last_activity_at_desc',
  'last_activity_at_asc',
  'created_at_desc',
  'created_at_asc',
  'priority_desc',
  'priority_asc',
  'waiting_since_desc',
  'waiting_since_asc',
  'priority_desc_created_at_asc',
  'unread',
  'latest',
  'sort_on_created_at',
  'sort_on_priority',
  'sort_on_waiting_since',
);
export type ConversationOrder = Static<typeof ConversationOrder>;

const listKeys = {
  status: Type.Optional(words('open', 'resolved', 'pending', 'snoozed', 'all')),
  assignee_type: Type.Optional(words('me', 'unassigned', 'assigned', 'all')),
  inbox_id: Type.Optional(Type.Integer({ description: '0 is no filter' })),
  team_id: Type.Optional(Type.Integer({ description: '0 is no filter' })),
  labels: Type.Optional(Type.Array(Type.String(), { description: 'any of them' })),
  q: Type.Optional(Type.String({ description: 'text in a message; turns the status filter off' })),
  conversation_type: Type.Optional(words('mention', 'participating', 'unattended')),
  source_id: Type.Optional(Type.String()),
  updated_within: Type.Optional(Type.Integer({ description: 'seconds; turns paging off' })),
};

const conversationParams = fields(conversationKeys);
const Labels = object({ payload: Type.Array(Type.String()) });

const initialMessage = fields({
  content: Type.Optional(Type.String({ maxLength: MAX_CONTENT })),
  private: Type.Optional(Type.Boolean()),
  content_type: Type.Optional(ContentType),
  content_attributes: Type.Optional(FreeForm),
  template_params: Type.Optional(FreeForm),
});

export const agentConversations = endpoints({
  agentListConversations: {
    method: 'GET',
    path: `${accountPath}/conversations`,
    auth: 'agent',
    tag: 'Conversations',
    summary: 'List conversations, 25 a page, open ones unless asked otherwise',
    params: accountParams,
    query: fields({ ...listKeys, sort_by: Type.Optional(ConversationOrder), page }),
    returns: object({ data: object({ meta: ConversationCounts, payload: Type.Array(AgentConversation) }) }),
  },
  agentGetConversationCounts: {
    method: 'GET',
    path: `${accountPath}/conversations/meta`,
    auth: 'agent',
    tag: 'Conversations',
    summary: 'Count conversations',
    params: accountParams,
    query: fields(listKeys),
    returns: object({ meta: ConversationCounts }),
  },
  agentFilterConversations: {
    method: 'POST',
    path: `${accountPath}/conversations/filter`,
    auth: 'agent',
    tag: 'Conversations',
    summary: 'List the conversations that meet conditions',
    params: accountParams,
    query: fields({ page }),
    body: fields({ payload: Type.Optional(Type.Array(FilterCondition)) }),
    returns: object({ meta: FilterCounts, payload: Type.Array(AgentConversation) }),
  },
  agentCreateConversation: {
    method: 'POST',
    path: `${accountPath}/conversations`,
    auth: 'agent',
    bot: true,
    tag: 'Conversations',
    summary: 'Start a conversation with a contact',
    description: 'Name an inbox and a contact, or the `source_id` of a session.',
    params: accountParams,
    body: fields({
      inbox_id: Type.Optional(Id),
      contact_id: Type.Optional(Id),
      source_id: Type.Optional(ShortText),
      status: Type.Optional(ConversationStatus),
      assignee_id: Type.Optional(nullable(Id)),
      team_id: Type.Optional(nullable(Id)),
      snoozed_until: Type.Optional(nullable(IsoTime)),
      additional_attributes: Type.Optional(FreeForm),
      custom_attributes: Type.Optional(FreeForm),
      hmac_verified: Type.Optional(Type.Boolean()),
      message: Type.Optional(initialMessage),
    }),
    returns: AgentConversation,
  },
  agentGetConversation: {
    method: 'GET',
    path: conversationPath,
    auth: 'agent',
    bot: true,
    tag: 'Conversations',
    summary: 'Read a conversation',
    params: conversationParams,
    returns: AgentConversation,
  },
  agentToggleStatus: {
    method: 'POST',
    path: `${conversationPath}/toggle_status`,
    auth: 'agent',
    bot: true,
    tag: 'Conversations',
    summary: 'Open, resolve, hold or snooze a conversation',
    description: 'Without `status`: an open one is resolved, any other is opened.',
    params: conversationParams,
    body: fields({
      status: Type.Optional(nullable(ConversationStatus)),
      snoozed_until: Type.Optional(
        nullable(Type.Integer({ description: 'unix seconds; null: until the next message of the contact' })),
      ),
    }),
    returns: object({
      payload: object({
        success: Type.Literal(true),
        conversation_id: Type.Integer({ description: 'display id' }),
        current_status: ConversationStatus,
        snoozed_until: nullable(IsoTime),
      }),
    }),
  },
  agentAssignConversation: {
    method: 'POST',
    path: `${conversationPath}/assignments`,
    auth: 'agent',
    bot: true,
    tag: 'Conversations',
    summary: 'Give a conversation to an agent, a bot or a team',
    description: 'With both ids `team_id` is ignored. Answers what was assigned, or null.',
    params: conversationParams,
    body: fields({
      assignee_id: Type.Optional(nullable(Type.Integer({ description: 'null or 0: nobody' }))),
      assignee_type: Type.Optional(nullable(words('User', 'AgentBot'))),
      team_id: Type.Optional(nullable(Type.Integer({ description: 'null or 0: no team' }))),
    }),
    returns: Type.Union([Agent, ShortAgentBot, TeamRow, Type.Null()]),
  },
  agentListConversationLabels: {
    method: 'GET',
    path: `${conversationPath}/labels`,
    auth: 'agent',
    bot: true,
    tag: 'Conversations',
    summary: 'List the labels of a conversation',
    params: conversationParams,
    returns: Labels,
  },
  agentSetConversationLabels: {
    method: 'POST',
    path: `${conversationPath}/labels`,
    auth: 'agent',
    bot: true,
    tag: 'Conversations',
    summary: 'Replace the labels of a conversation',
    params: conversationParams,
    body: fields({ labels: Type.Optional(Type.Array(ShortText)) }),
    returns: Labels,
  },
  agentUpdateLastSeen: {
    method: 'POST',
    path: `${conversationPath}/update_last_seen`,
    auth: 'agent',
    tag: 'Conversations',
    summary: 'Tell that the caller has read everything up to now',
    params: conversationParams,
    returns: AgentConversation,
  },
  agentToggleTyping: {
    method: 'POST',
    path: `${conversationPath}/toggle_typing_status`,
    auth: 'agent',
    bot: true,
    tag: 'Conversations',
    summary: 'Tell the customer that an agent is typing, or has stopped',
    params: conversationParams,
    body: fields({
      typing_status: Type.Optional(Type.String({ description: '`on` or `off`; anything else does nothing' })),
      is_private: Type.Optional(Type.Boolean({ description: 'typing a note; customers are not told' })),
    }),
    returns: null,
  },
  agentListContactConversations: {
    method: 'GET',
    path: `${accountPath}/contacts/{id}/conversations`,
    auth: 'agent',
    tag: 'Contacts',
    summary: 'List the newest 20 conversations of a contact that the caller may see',
    params: recordParams,
    returns: object({ payload: Type.Array(AgentConversation) }),
  },
});
