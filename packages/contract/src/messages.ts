/**
 * Messages in three shapes: `Message` for the customer (client-api.md section 2.5), `AgentMessage` for agents
 * (application-api.md section 4.8), and that of events (cable.md section C.2). The endpoints of customers are client-api.md
 * sections 5.11 to 5.13; `agent-messages.ts` has those of agents. Customers get no private notes. `echo_id` makes a post safe to
 * repeat, which upstream does not offer (section 11).
 */
import Type, { type Static } from 'typebox';
import { Attachment, MAX_ATTACHMENTS } from './attachments.ts';
import { FREE_FORM, MAX_LIST } from './bounds.ts';
import { endpoints } from './endpoint.ts';
import { proofKeys, sessionConversationKeys, sessionConversationPath } from './paths.ts';
import {
  beforeId,
  FreeForm,
  fields,
  Id,
  IsoTime,
  named,
  nullable,
  object,
  printedAs,
  Scalar,
  UnixSeconds,
  words,
} from './schema.ts';
import { Sender, SenderType } from './senders.ts';

/** Longest content, in characters. */
export const MAX_CONTENT = 150_000;

/** Direction and origin. A number in REST and on the cable, a word in webhooks and as input. */
export const MessageType = { incoming: 0, outgoing: 1, activity: 2, template: 3 } as const;
export type MessageType = (typeof MessageType)[keyof typeof MessageType];
export type MessageTypeWord = keyof typeof MessageType;

/** How the content is to be shown (client-api.md section 2.8). */
export const ContentType = words(
  'text',
  'input_text',
  'input_textarea',
  'input_email',
  'input_select',
  'cards',
  'form',
  'article',
  'incoming_email',
  'input_csat',
  'integrations',
  'sticker',
  'voice_call',
);
export type ContentType = Static<typeof ContentType>;

/** How far a message to the customer has come. */
export const MessageStatus = words('sent', 'delivered', 'read', 'failed');
export type MessageStatus = Static<typeof MessageStatus>;

const messageType = Type.Unsafe<MessageType>({
  type: 'integer',
  enum: [0, 1, 2, 3],
  description: '0 incoming (from the contact), 1 outgoing, 2 activity, 3 template',
});

const core = {
  id: Id,
  content: nullable(Type.String()),
  message_type: messageType,
  content_type: ContentType,
  content_attributes: FreeForm,
  created_at: UnixSeconds,
  conversation_id: Type.Integer({ description: 'display id of the conversation' }),
  attachments: Type.Optional(Type.Array(Attachment, { description: 'absent when there are none' })),
  sender: Type.Optional(Sender),
};

/** The `echo_id` of the sender, text or number, in the JSON type in which it was sent. */
export const EchoId = Type.Unsafe<string | number>({
  title: 'EchoId',
  type: ['string', 'number'],
  maxLength: 255,
});

/** A name that the sender gives to a message; a repeat with the same name is answered with the stored message. */
export const EchoIdInput = printedAs(
  EchoId,
  Type.String({
    maxLength: 255,
    description: 'chosen by the sender, new for each message; also a number, which comes back as one',
  }),
);

/** A message as the customer reads it (client-api.md section 2.5). */
export const Message = named('Message', core, {
  examples: [
    {
      id: 7001,
      content: 'Hello',
      message_type: 0,
      content_type: 'text',
      content_attributes: {},
      created_at: 1741064767,
      conversation_id: 12,
      sender: {
        additional_attributes: {},
        custom_attributes: {},
        email: 'ada@example.test',
        id: 311,
        identifier: 'customer-1042',
        name: 'Ada Example',
        phone_number: null,
        thumbnail: '',
        blocked: false,
        type: 'contact',
      },
    },
  ],
});
export type Message = Static<typeof Message>;

const agentCore = {
  ...core,
  inbox_id: Id,
  status: MessageStatus,
  private: Type.Boolean({ description: 'a note between agents' }),
  source_id: nullable(Type.String({ description: 'id of the message in the system it came from' })),
  echo_id: Type.Optional(EchoId),
};

/** A message as agents read it (application-api.md section 4.8). */
export const AgentMessage = named('AgentMessage', agentCore);
export type AgentMessage = Static<typeof AgentMessage>;

/** The fields of the conversation in the event of a message. */
export const EventMessageConversation = named('EventMessageConversation', {
  assignee_id: nullable(Id),
  unread_count: Type.Integer({ minimum: 0, maximum: 10 }),
  last_activity_at: UnixSeconds,
  contact_inbox: object({ source_id: Type.String() }),
});
export type EventMessageConversation = Static<typeof EventMessageConversation>;

/** Keys of a message in events; `events.ts` adds what belongs to one event. */
export const eventMessageKeys = {
  ...agentCore,
  account_id: Id,
  updated_at: IsoTime,
  additional_attributes: FreeForm,
  external_source_ids: FreeForm,
  processed_message_content: nullable(Type.String()),
  sentiment: FreeForm,
  sender_type: nullable(SenderType),
  sender_id: nullable(Id),
  conversation: EventMessageConversation,
};

/** A message in events, and the newest one inside an agent's conversation (cable.md section C.2). */
export const EventMessage = named('EventMessage', eventMessageKeys);
export type EventMessage = Static<typeof EventMessage>;

/** The answer of a customer: an option, a form field or a survey (client-api.md sections 2.8 and 5.13). */
export const SubmittedValue = fields(
  {
    name: Type.Optional(Scalar),
    title: Type.Optional(Scalar),
    value: Type.Optional(Scalar),
    csat_survey_response: Type.Optional(
      fields({
        rating: Type.Optional(Type.Integer({ minimum: 1, maximum: 5 })),
        feedback_message: Type.Optional(nullable(Type.String({ maxLength: FREE_FORM.maxBytes }))),
      }),
    ),
  },
  'SubmittedValue',
);
export type SubmittedValue = Static<typeof SubmittedValue>;

/** One object or a list; it is stored in the shape it came in. */
export const SubmittedValues = Type.Union(
  [SubmittedValue, Type.Array(SubmittedValue, { maxItems: MAX_LIST })],
  {
    title: 'SubmittedValues',
  },
);
export type SubmittedValues = Static<typeof SubmittedValues>;

const clientMessagesPath = `${sessionConversationPath}/messages` as const;

export const clientMessages = endpoints({
  listMessages: {
    method: 'GET',
    path: clientMessagesPath,
    auth: 'session',
    tag: 'Messages (client)',
    summary: 'List messages, oldest first: the newest 20, or the 20 before one',
    params: fields(sessionConversationKeys),
    query: fields({
      before: Type.Optional(beforeId('messages')),
      ...proofKeys,
    }),
    returns: Type.Array(Message),
  },
  postMessage: {
    method: 'POST',
    path: clientMessagesPath,
    auth: 'session',
    root: 'message',
    tag: 'Messages (client)',
    summary: 'Write a message, with up to 15 files',
    description:
      'A repeat with the same `echo_id` returns the first answer and writes nothing; with another content it is ' +
      'refused with 422. Files come as `attachments[]` parts of `multipart/form-data`.',
    params: fields(sessionConversationKeys),
    body: fields({
      content: Type.Optional(Type.String({ maxLength: MAX_CONTENT })),
      echo_id: Type.Optional(EchoIdInput),
      ...proofKeys,
    }),
    files: { attachments: MAX_ATTACHMENTS },
    ignores: ['content_type', 'content_attributes', 'message_type', 'private'],
    returns: Message,
  },
  updateMessage: {
    method: 'PATCH',
    path: `${clientMessagesPath}/{message_id}`,
    auth: 'session',
    tag: 'Messages (client)',
    summary: 'Answer a message that asks: choose an option, fill a form, rate',
    params: fields({ ...sessionConversationKeys, message_id: Id }),
    body: fields({ submitted_values: Type.Optional(SubmittedValues), ...proofKeys }),
    ignores: ['content', 'content_type', 'content_attributes', 'message_type', 'private', 'status'],
    returns: Message,
  },
});
