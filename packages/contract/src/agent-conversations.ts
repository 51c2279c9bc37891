/**
 * Endpoints of agents for conversations: lists with counts, filter, creation, status, assignment, labels, read marks, typing
 * (application-api.md section 6.8). `conversation-upkeep.ts` has the rarer ones, `conversations.ts` the objects. Pages go by
 * number, as upstream, and by cursor, so that rows that move are neither left out nor shown twice (section 10).
 */
import Type, { type Static } from 'typebox';
import { ShortAgentBot } from './agent-bots.ts';
import { Agent } from './agents.ts';
import { BlobIds, MAX_ATTACHMENTS } from './attachments.ts';
import { MAX_LABELS, MAX_LIST, MAX_QUERY, MAX_UNIX_SECONDS } from './bounds.ts';
import { AgentConversation, ConversationStatus } from './conversations.ts';
import { endpoints } from './endpoint.ts';
import { FilterCondition } from './filters.ts';
import { ContentType, MAX_CONTENT } from './messages.ts';
import {
  accountParams,
  accountPath,
  conversationKeys,
  conversationPath,
  paging,
  pagingMeta,
  recordParams,
} from './paths.ts';
import {
  FreeForm,
  fields,
  Id,
  IsoTime,
  idOf,
  LabelTitles,
  named,
  nullable,
  object,
  ShortText,
  shortText,
  unixSeconds,
  words,
} from './schema.ts';
import { TeamRow } from './teams.ts';

/** How many conversations are open to whom, whatever the assignee filter says. */
export const ConversationCounts = named('ConversationCounts', {
  mine_count: Type.Integer(),
  assigned_count: Type.Integer(),
  unassigned_count: Type.Integer(),
  all_count: Type.Integer(),
});
export type ConversationCounts = Static<typeof ConversationCounts>;

/** Counts, and where the next page begins. */
export const ConversationListMeta = named('ConversationListMeta', {
  ...ConversationCounts.properties,
  ...pagingMeta,
});
export type ConversationListMeta = Static<typeof ConversationListMeta>;

/** The counts beside filtered and searched lists. */
export const FilterCounts = named('FilterCounts', {
  mine_count: Type.Integer(),
  unassigned_count: Type.Integer(),
  all_count: Type.Integer(),
  ...pagingMeta,
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

/** Filters of lists. Blank and 0 are absent (application-api.md section 8). */
export const conversationListKeys = {
  status: Type.Optional(words('open', 'resolved', 'pending', 'snoozed', 'all')),
  assignee_type: Type.Optional(words('me', 'unassigned', 'assigned', 'all')),
  inbox_id: Type.Optional(idOf('0 is no filter')),
  team_id: Type.Optional(idOf('0 is no filter')),
  labels: Type.Optional(Type.Array(ShortText, { maxItems: MAX_LABELS, description: 'any of them' })),
  q: Type.Optional(
    Type.String({ maxLength: MAX_QUERY, description: 'text in a message; turns the status filter off' }),
  ),
  conversation_type: Type.Optional(words('mention', 'participating', 'unattended')),
  source_id: Type.Optional(ShortText),
  updated_within: Type.Optional(
    Type.Integer({ minimum: 0, maximum: MAX_UNIX_SECONDS, description: 'seconds; turns paging off' }),
  ),
};

const conversationParams = fields(conversationKeys);
const Labels = named('ConversationLabels', { payload: Type.Array(Type.String()) });

const initialMessage = fields(
  {
    content: Type.Optional(Type.String({ maxLength: MAX_CONTENT })),
    private: Type.Optional(Type.Boolean()),
    content_type: Type.Optional(ContentType),
    content_attributes: Type.Optional(FreeForm),
    template_params: Type.Optional(FreeForm),
    attachments: Type.Optional(BlobIds),
  },
  'InitialMessage',
);

export const agentConversations = endpoints({
  agentListConversations: {
    method: 'GET',
    path: `${accountPath}/conversations`,
    auth: 'agent',
    tag: 'Conversations',
    summary: 'List conversations, 25 a page, open ones unless asked otherwise',
    params: accountParams,
    query: fields({
      ...conversationListKeys,
      sort_by: Type.Optional(ConversationOrder),
      ...paging,
    }),
    returns: object({ data: object({ meta: ConversationListMeta, payload: Type.Array(AgentConversation) }) }),
  },
  agentGetConversationCounts: {
    method: 'GET',
    path: `${accountPath}/conversations/meta`,
    auth: 'agent',
    throttle: { name: 'conversation_meta', most: 30, seconds: 60, per: 'user' },
    tag: 'Conversations',
    summary: 'Count conversations',
    params: accountParams,
    query: fields(conversationListKeys),
    returns: object({ meta: ConversationCounts }),
  },
  agentFilterConversations: {
    method: 'POST',
    path: `${accountPath}/conversations/filter`,
    auth: 'agent',
    tag: 'Conversations',
    summary: 'List the conversations that meet conditions',
    params: accountParams,
    query: fields(paging),
    body: fields({ payload: Type.Optional(Type.Array(FilterCondition, { maxItems: MAX_LIST })) }),
    returns: object({ meta: FilterCounts, payload: Type.Array(AgentConversation) }),
  },
  agentCreateConversation: {
    method: 'POST',
    path: `${accountPath}/conversations`,
    auth: 'agent',
    bot: true,
    tag: 'Conversations',
    summary: 'Start a conversation with a contact',
    description:
      'Name an inbox and a contact, or the `source_id` of a session. Files of the first message come as ' +
      '`message[attachments][]` parts of `multipart/form-data`, or as `attachments[]`.',
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
    files: { 'message[attachments]': MAX_ATTACHMENTS, attachments: MAX_ATTACHMENTS },
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
      snoozed_until: Type.Optional(nullable(unixSeconds('null: until the next message of the contact'))),
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
      assignee_id: Type.Optional(nullable(idOf('null or 0: nobody'))),
      assignee_type: Type.Optional(nullable(words('User', 'AgentBot'))),
      team_id: Type.Optional(nullable(idOf('null or 0: no team'))),
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
    body: fields({ labels: Type.Optional(LabelTitles) }),
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
      typing_status: Type.Optional(shortText('`on` or `off`; anything else does nothing')),
      is_private: Type.Optional(Type.Boolean({ description: 'typing a note; customers are not told' })),
    }),
    returns: null,
  },
  agentListContactConversations: {
    method: 'GET',
    path: `${accountPath}/contacts/{id}/conversations`,
    auth: 'agent',
    tag: 'Contacts',
    summary: 'List the 20 conversations of a contact with the latest activity that the caller may see',
    params: recordParams,
    returns: object({ payload: Type.Array(AgentConversation) }),
  },
});
