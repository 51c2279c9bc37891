/**
 * Rarer endpoints of agents for a conversation: priority, mute, transcript, drafts, unread, attributes, attachments, deletion
 * (application-api.md section 6.8).
 */
import Type, { type Static } from 'typebox';
import { AgentConversation } from './conversations.ts';
import { endpoints } from './endpoint.ts';
import { conversationKeys, conversationPath, paging, pagingMeta } from './paths.ts';
import {
  FilledEmail,
  FreeForm,
  fields,
  Id,
  named,
  nullable,
  object,
  printedAs,
  UnixSeconds,
  words,
} from './schema.ts';
import { Sender } from './senders.ts';

const params = fields(conversationKeys);

/** `none`, blank and null take the priority away. */
const priorityInput = Type.Optional(nullable(words('low', 'medium', 'high', 'urgent', 'none')));

/** A file of a conversation, with the message that brought it. */
export const ConversationAttachment = named('ConversationAttachment', {
  id: Id,
  message_id: Id,
  thumb_url: Type.String({ description: '"" unless it is an image' }),
  data_url: Type.String(),
  file_size: Type.Integer(),
  file_type: words('image', 'audio', 'video', 'file'),
  extension: nullable(Type.String()),
  width: nullable(Type.Integer()),
  height: nullable(Type.Integer()),
  created_at: UnixSeconds,
  sender: Type.Optional(Sender),
});
export type ConversationAttachment = Static<typeof ConversationAttachment>;

/** Text that an agent has written and not sent. */
export const Draft = printedAs(
  Type.Union([
    object({ has_draft: Type.Literal(false) }),
    object({ has_draft: Type.Literal(true), message: Type.String() }),
  ]),
  named('Draft', {
    has_draft: Type.Boolean(),
    message: Type.Optional(Type.String({ description: 'absent where there is no draft' })),
  }),
);
export type Draft = Static<typeof Draft>;

export const agentConversationUpkeep = endpoints({
  agentUpdateConversation: {
    method: 'PATCH',
    path: conversationPath,
    auth: 'agent',
    bot: true,
    tag: 'Conversations',
    summary: 'Change the priority of a conversation; other keys are ignored',
    params,
    body: fields({ priority: priorityInput }),
    returns: AgentConversation,
  },
  agentDeleteConversation: {
    method: 'DELETE',
    path: conversationPath,
    auth: 'administrator',
    tag: 'Conversations',
    summary: 'Delete a conversation with its messages and files',
    params,
    returns: null,
  },
  agentTogglePriority: {
    method: 'POST',
    path: `${conversationPath}/toggle_priority`,
    auth: 'agent',
    bot: true,
    tag: 'Conversations',
    summary: 'Set the priority of a conversation, or take it away',
    params,
    body: fields({ priority: priorityInput }),
    returns: null,
  },
  agentMarkUnread: {
    method: 'POST',
    path: `${conversationPath}/unread`,
    auth: 'agent',
    tag: 'Conversations',
    summary: 'Mark the newest incoming message as unread',
    params,
    returns: AgentConversation,
  },
  agentSetConversationAttributes: {
    method: 'POST',
    path: `${conversationPath}/custom_attributes`,
    auth: 'agent',
    bot: true,
    tag: 'Conversations',
    summary: 'Replace the custom attributes of a conversation',
    params,
    body: fields({ custom_attributes: Type.Optional(FreeForm) }),
    returns: object({ custom_attributes: FreeForm }),
  },
  agentMuteConversation: {
    method: 'POST',
    path: `${conversationPath}/mute`,
    auth: 'agent',
    tag: 'Conversations',
    summary: 'Resolve a conversation and block its contact',
    params,
    returns: null,
  },
  agentUnmuteConversation: {
    method: 'POST',
    path: `${conversationPath}/unmute`,
    auth: 'agent',
    tag: 'Conversations',
    summary: 'Unblock the contact of a conversation',
    params,
    returns: null,
  },
  agentSendTranscript: {
    method: 'POST',
    path: `${conversationPath}/transcript`,
    auth: 'agent',
    tag: 'Conversations',
    summary: 'Send the public messages of a conversation by mail',
    description: 'Refused with 422 where no mail server is set up.',
    params,
    body: fields({ email: FilledEmail }),
    returns: null,
  },
  agentListConversationAttachments: {
    method: 'GET',
    path: `${conversationPath}/attachments`,
    auth: 'agent',
    tag: 'Conversations',
    summary: 'List the files of a conversation, newest first, 100 a page',
    params,
    query: fields(paging),
    returns: object({
      meta: object({ total_count: Type.Integer(), ...pagingMeta }),
      payload: Type.Array(ConversationAttachment),
    }),
  },
  agentGetDraft: {
    method: 'GET',
    path: `${conversationPath}/draft_messages`,
    auth: 'agent',
    tag: 'Conversations',
    summary: 'Read what the caller has written and not sent',
    params,
    returns: Draft,
  },
  agentSetDraft: {
    method: 'PATCH',
    path: `${conversationPath}/draft_messages`,
    auth: 'agent',
    root: 'draft_message',
    tag: 'Conversations',
    summary: 'Keep what the caller has written and not sent',
    params,
    body: fields({ message: Type.Optional(nullable(Type.String({ maxLength: 150_000 }))) }),
    returns: null,
  },
  agentDeleteDraft: {
    method: 'DELETE',
    path: `${conversationPath}/draft_messages`,
    auth: 'agent',
    tag: 'Conversations',
    summary: 'Forget the draft of the caller',
    params,
    returns: null,
  },
});
