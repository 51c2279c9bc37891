/** The schemas against objects as they really travel. */
import type { TSchema } from 'typebox';
import { describe, expect, it } from 'vitest';
import * as contract from '../src/index.ts';
import { faultsOf } from './strict.ts';

const contact: contract.EventContact = {
  additional_attributes: {},
  custom_attributes: { plan: { level: 2 } },
  email: null,
  id: 311,
  identifier: null,
  name: 'quiet-river-204',
  phone_number: null,
  thumbnail: '',
  blocked: false,
  type: 'contact',
};

const user: contract.EventUser = {
  id: 7,
  name: 'Ana Ruiz',
  available_name: 'Ana',
  avatar_url: '',
  type: 'user',
  availability_status: null,
  thumbnail: '',
};

const image: contract.Attachment = {
  id: 55,
  message_id: 7001,
  file_type: 'image',
  account_id: 4,
  extension: 'png',
  content_type: 'image/png',
  data_url: 'https://desk.test/files/abc/box.png',
  thumb_url: 'https://desk.test/files/abc/thumb/box.png',
  file_size: 20480,
  width: null,
  height: null,
};

const message: contract.Message = {
  id: 7001,
  content: 'Hello',
  message_type: 0,
  content_type: 'text',
  content_attributes: {},
  created_at: 1741064767,
  conversation_id: 12,
  sender: contact,
};

const eventMessage: contract.EventMessage = {
  ...message,
  account_id: 4,
  inbox_id: 15,
  updated_at: '2025-03-04T05:06:07.890Z',
  private: false,
  status: 'sent',
  source_id: null,
  sender_type: 'Contact',
  sender_id: 311,
  external_source_ids: {},
  additional_attributes: {},
  processed_message_content: 'Hello',
  sentiment: {},
  conversation: {
    assignee_id: null,
    unread_count: 1,
    last_activity_at: 1741064767,
    contact_inbox: { source_id: '0b6f0f1e-6a57-4a0b-9d0a-2f6f5f1f2a11' },
  },
  echo_id: 'tmp-1',
};

const eventConversation: contract.EventConversation = {
  additional_attributes: {},
  can_reply: true,
  channel: 'Channel::Api',
  contact_inbox: {
    id: 88,
    contact_id: 311,
    inbox_id: 15,
    source_id: '0b6f0f1e-6a57-4a0b-9d0a-2f6f5f1f2a11',
    created_at: '2025-03-04T05:05:00.000Z',
    updated_at: '2025-03-04T05:05:00.000Z',
    hmac_verified: false,
    pubsub_token: null,
  },
  id: 12,
  inbox_id: 15,
  messages: [eventMessage],
  labels: ['vip'],
  meta: { sender: contact, assignee: user, assignee_type: 'User', team: null, hmac_verified: false },
  status: 'open',
  custom_attributes: {},
  snoozed_until: null,
  unread_count: 0,
  first_reply_created_at: null,
  priority: null,
  waiting_since: 1741064701,
  agent_last_seen_at: 0,
  contact_last_seen_at: 0,
  last_activity_at: 1741064701,
  timestamp: 1741064701,
  created_at: 1741064701,
  updated_at: 1741064701.155967,
};

const good: [string, TSchema, unknown][] = [
  ['a message', contract.Message, message],
  ['a message without text', contract.Message, { ...message, content: null, attachments: [image] }],
  ['a message of the system', contract.Message, { ...message, sender: undefined, message_type: 3 }],
  ['message.created', contract.contactEvents['message.created'], { ...eventMessage, performer: user }],
  ['a numeric echo_id', contract.contactEvents['message.created'], { ...eventMessage, echo_id: 17 }],
  [
    'message.updated',
    contract.agentEvents['message.updated'],
    { ...eventMessage, previous_changes: { status: ['sent', 'read'] } },
  ],
  [
    'conversation.created',
    contract.contactEvents['conversation.created'],
    { ...eventConversation, account_id: 4 },
  ],
  [
    'conversation.typing_on',
    contract.contactEvents['conversation.typing_on'],
    { conversation: eventConversation, user, is_private: false, account_id: 4 },
  ],
  ['contact.updated', contract.agentEvents['contact.updated'], { ...contact, account_id: 4 }],
  ['contact.deleted', contract.agentEvents['contact.deleted'], { id: 311, account_id: 4 }],
  ['presence of agents', contract.contactEvents['presence.update'], { account_id: 4, users: { 7: 'busy' } }],
  ['a welcome', contract.ServerFrame, { type: 'welcome' }],
  [
    'a data frame',
    contract.ServerFrame,
    { identifier: '{}', message: { event: 'message.created', data: eventMessage } },
  ],
  [
    'a member that joins a presence set',
    contract.ServerFrame,
    { type: 'presence', identifier: '{}', message: { type: 'join', id: 'u-7', info: {} } },
  ],
  [
    'a join of a presence set',
    contract.ClientCommand,
    { command: 'join', identifier: '{}', presence: { id: 'u-7' } },
  ],
  [
    'an action as JSON text',
    contract.ClientCommand,
    { command: 'message', identifier: '{}', data: '{"action":"update_presence"}' },
  ],
  ['a subscribe', contract.ClientCommand, { command: 'subscribe', identifier: '{}', history: { since: 1 } }],
];

const bad: [string, TSchema, unknown][] = [
  ['a message of a word type', contract.Message, { ...message, message_type: 'incoming' }],
  ['a message with more than the customer may read', contract.Message, { ...message, private: false }],
  ['a sender with a secret', contract.Message, { ...message, sender: { ...user, access_token: 'x' } }],
  ['a time in text', contract.Message, { ...message, created_at: '2025-03-04T05:06:07.890Z' }],
  ['a time in seconds where text is due', contract.EventMessage, { ...eventMessage, updated_at: 1 }],
  ['a file of no known type', contract.Message, { ...message, attachments: [{ ...image, file_type: 'x' }] }],
  ['contacts in a customer’s presence', contract.ContactPresence, { account_id: 4, users: {}, contacts: {} }],
  ['a join without a member', contract.ClientCommand, { command: 'join', identifier: '{}' }],
  ['a ping with a fraction', contract.ServerFrame, { type: 'ping', message: 1.5 }],
];

describe('schemas', () => {
  it.each(good)('accept %s', (_name, schema, value) => {
    expect(faultsOf(schema, JSON.parse(JSON.stringify(value)))).toEqual([]);
  });

  it.each(bad)('refuse %s', (_name, schema, value) => {
    expect(faultsOf(schema, value)).not.toEqual([]);
  });

  it('send customers no event that only agents may hear', () => {
    const onlyAgents = Object.keys(contract.agentEvents).filter((name) => !(name in contract.contactEvents));
    expect(onlyAgents).toContain('conversation.read');
    for (const name of Object.keys(contract.contactEvents))
      expect(contract.agentEvents).toHaveProperty([name]);
  });
});
