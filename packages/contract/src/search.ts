/**
 * Search over conversations, contacts and messages of any age (application-api.md section 6.15); upstream searches three months
 * of messages (section 10). Hits are shorter forms of the objects.
 */
import Type, { type Static } from 'typebox';
import { conversationListKeys, FilterCounts } from './agent-conversations.ts';
import { Role } from './agents.ts';
import { MAX_QUERY } from './bounds.ts';
import { endpoints } from './endpoint.ts';
import { AgentMessage } from './messages.ts';
import { accountParams, accountPath, paging, pagingMeta } from './paths.ts';
import { FreeForm, fields, Id, named, nullable, object, UnixSeconds } from './schema.ts';

/** A contact as a hit. */
export const FoundContact = named('FoundContact', {
  id: Id,
  name: Type.String(),
  email: nullable(Type.String()),
  phone_number: nullable(Type.String()),
  identifier: nullable(Type.String()),
  additional_attributes: FreeForm,
  last_activity_at: nullable(UnixSeconds),
});
export type FoundContact = Static<typeof FoundContact>;

/** A conversation as a hit, with the message that matched if one did. */
export const FoundConversation = named('FoundConversation', {
  id: Type.Integer({ description: 'display id' }),
  account_id: Id,
  created_at: UnixSeconds,
  message: Type.Optional(AgentMessage),
  contact: FoundContact,
  inbox: object({
    id: Id,
    channel_id: Id,
    name: Type.String(),
    channel_type: Type.Literal('Channel::Api'),
  }),
  agent: Type.Optional(
    object({
      id: Id,
      available_name: Type.String(),
      email: Type.String(),
      name: Type.String(),
      role: Role,
    }),
  ),
  additional_attributes: FreeForm,
});
export type FoundConversation = Static<typeof FoundConversation>;

/** A conversation in which somebody says what was searched for, with the messages that say it, newest first. */
export const SayingConversation = named('SayingConversation', {
  id: Type.Integer({ description: 'display id' }),
  uuid: Type.String({ format: 'uuid' }),
  created_at: UnixSeconds,
  account_id: Id,
  contact: object({ id: Id, name: Type.String() }),
  inbox: object({ id: Id, name: Type.String(), channel_type: Type.Literal('Channel::Api') }),
  messages: Type.Array(
    object({
      content: nullable(Type.String()),
      id: Id,
      sender_name: nullable(Type.String()),
      message_type: Type.Integer({ minimum: 0, maximum: 1 }),
      created_at: UnixSeconds,
    }),
    { maxItems: 10 },
  ),
});
export type SayingConversation = Static<typeof SayingConversation>;

const conversations = Type.Array(FoundConversation);
const contacts = Type.Array(FoundContact);
const messages = Type.Array(AgentMessage);
const articles = Type.Array(FreeForm, { maxItems: 0, description: 'there is no help center' });

const meta = Type.Optional(named('SearchMeta', pagingMeta));
const cursor = nullable(Type.String({ description: 'where that kind goes on; null after the last' }));
const q = Type.Optional(
  Type.String({ maxLength: MAX_QUERY, description: 'every word must begin a word of what is found' }),
);

const asked = {
  method: 'GET',
  auth: 'agent',
  tag: 'Search',
  params: accountParams,
  query: fields({
    q,
    ...paging,
  }),
} as const;

const path = `${accountPath}/search` as const;

export const agentSearch = endpoints({
  agentSearchInConversations: {
    ...asked,
    path: `${accountPath}/conversations/search`,
    tag: 'Conversations',
    summary: 'List conversations in which somebody says something, 25 a page',
    query: fields({ ...conversationListKeys, ...paging }),
    returns: object({ meta: FilterCounts, payload: Type.Array(SayingConversation) }),
  },
  agentSearchAll: {
    ...asked,
    path,
    description: 'By cursor the next pages come from the search of each kind.',
    query: fields({ q, page: paging.page }),
    summary: 'Find conversations, contacts and messages, 15 of each a page',
    returns: object({
      meta: Type.Optional(
        object({ conversations_cursor: cursor, contacts_cursor: cursor, messages_cursor: cursor }),
      ),
      payload: object({ conversations, contacts, messages, articles }),
    }),
  },
  agentSearchConversations: {
    ...asked,
    path: `${path}/conversations`,
    summary: 'Find conversations by number or by name, e-mail, phone and identifier of their contact',
    returns: object({ meta, payload: object({ conversations }) }),
  },
  agentFindContacts: {
    ...asked,
    path: `${path}/contacts`,
    summary: 'Find contacts by name, e-mail, phone and identifier',
    returns: object({ meta, payload: object({ contacts }) }),
  },
  agentSearchMessages: {
    ...asked,
    path: `${path}/messages`,
    summary: 'Find messages of any age by their text, newest first',
    returns: object({ meta, payload: object({ messages }) }),
  },
  agentSearchArticles: {
    ...asked,
    path: `${path}/articles`,
    summary: 'Finds nothing: there is no help center',
    returns: object({ payload: object({ articles }) }),
  },
});
