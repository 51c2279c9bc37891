/**
 * The bodies that webhooks and bots get, by event name (webhooks.md section 4). Names have underscores here, and dots on the
 * cable. The bodies are the same for every kind of receiver. `pubsub_token` and secrets of the channel are null, unlike upstream
 * (section 7).
 */
import Type, { type Static, type TSchema } from 'typebox';
import { Attachment } from './attachments.ts';
import { eventConversationKeys } from './conversations.ts';
import { ContentType } from './messages.ts';
import { alwaysNull, FreeForm, Id, IsoTime, named, nullable, words } from './schema.ts';

const idAndName = named('IdAndName', { id: Id, name: Type.String() });

/** Column -> value before and after, one object a column. */
const ChangedAttributes = Type.Array(
  Type.Unsafe<Record<string, { previous_value: unknown; current_value: unknown }>>({
    type: 'object',
    minProperties: 1,
    maxProperties: 1,
    additionalProperties: {
      title: 'AttributeChange',
      type: 'object',
      properties: { previous_value: {}, current_value: {} },
      required: ['previous_value', 'current_value'],
      additionalProperties: false,
    },
  }),
);

const contactKeys = {
  account: idAndName,
  additional_attributes: FreeForm,
  avatar: Type.String({ description: 'address of the avatar, or ""' }),
  custom_attributes: FreeForm,
  email: nullable(Type.String()),
  id: Id,
  identifier: nullable(Type.String()),
  name: Type.String(),
  phone_number: nullable(Type.String()),
  thumbnail: Type.String({ description: 'address of the avatar, or ""' }),
  blocked: Type.Boolean(),
};

/** A contact in webhooks; it has no `type`. */
export const WebhookContact = named('WebhookContact', contactKeys);
export type WebhookContact = Static<typeof WebhookContact>;

/** An agent as sender. */
export const WebhookUser = named('WebhookUser', {
  id: Id,
  name: Type.String(),
  email: Type.String(),
  type: Type.Literal('user'),
});
export type WebhookUser = Static<typeof WebhookUser>;

/** A bot as sender. */
export const WebhookAgentBot = named('WebhookAgentBot', {
  id: Id,
  name: Type.String(),
  type: Type.Literal('agent_bot'),
});
export type WebhookAgentBot = Static<typeof WebhookAgentBot>;

const WebhookSender = Type.Union([WebhookContact, WebhookUser, WebhookAgentBot], { title: 'WebhookSender' });
export type WebhookSender = Static<typeof WebhookSender>;

const conversationKeys = { ...eventConversationKeys, account: idAndName };

/** A conversation in webhooks. `contact_inbox.source_id` leads back to the session; its `pubsub_token` is always null. */
export const WebhookConversation = named('WebhookConversation', conversationKeys);
export type WebhookConversation = Static<typeof WebhookConversation>;

const message = <Event extends string>(title: string, event: Event) =>
  named(title, {
    account: idAndName,
    additional_attributes: FreeForm,
    attachments: Type.Optional(Type.Array(Attachment)),
    content: nullable(
      Type.String({ description: 'of a survey with its link; without hard breaks and trailing line ends' }),
    ),
    content_attributes: FreeForm,
    content_type: ContentType,
    conversation: WebhookConversation,
    created_at: IsoTime,
    id: Id,
    inbox: idAndName,
    message_type: words('incoming', 'outgoing', 'template'),
    private: Type.Boolean(),
    sender: nullable(WebhookSender),
    source_id: nullable(Type.String()),
    event: Type.Literal(event),
  });

const conversation = <Event extends string>(title: string, event: Event) =>
  named(title, { ...conversationKeys, event: Type.Literal(event) });

const typing = <Event extends string>(title: string, event: Event) =>
  named(title, {
    conversation: WebhookConversation,
    is_private: Type.Boolean(),
    user: WebhookSender,
    event: Type.Literal(event),
  });

/** The channel of an inbox; its secrets are always null. */
const Channel = named('WebhookChannel', {
  id: Id,
  account_id: Id,
  identifier: Type.String(),
  webhook_url: nullable(Type.String({ description: 'without credentials' })),
  hmac_mandatory: Type.Boolean(),
  hmac_token: alwaysNull(Type.String()),
  secret: alwaysNull(Type.String()),
  additional_attributes: FreeForm,
  created_at: IsoTime,
  updated_at: IsoTime,
});

const inboxKeys = {
  id: Id,
  name: Type.String(),
  allow_messages_after_resolved: Type.Boolean(),
  lock_to_single_conversation: Type.Boolean(),
  auto_assignment_config: FreeForm,
  enable_auto_assignment: Type.Boolean(),
  enable_email_collect: Type.Boolean(),
  greeting_enabled: Type.Boolean(),
  greeting_message: nullable(Type.String()),
  csat_survey_enabled: Type.Boolean(),
  business_name: nullable(Type.String()),
  sender_name_type: words('friendly', 'professional'),
  timezone: Type.String(),
  out_of_office_message: nullable(Type.String()),
  working_hours_enabled: Type.Boolean(),
  working_hours: Type.Array(FreeForm),
  created_at: IsoTime,
  updated_at: IsoTime,
  channel: Channel,
  account: idAndName,
};

/** Event name -> schema of the body. */
export const webhookPayloads = {
  message_created: message('WebhookMessageCreated', 'message_created'),
  message_updated: message('WebhookMessageUpdated', 'message_updated'),
  conversation_created: conversation('WebhookConversationCreated', 'conversation_created'),
  conversation_opened: conversation('WebhookConversationOpened', 'conversation_opened'),
  conversation_resolved: conversation('WebhookConversationResolved', 'conversation_resolved'),
  conversation_updated: named('WebhookConversationUpdated', {
    ...conversationKeys,
    changed_attributes: ChangedAttributes,
    event: Type.Literal('conversation_updated'),
  }),
  conversation_status_changed: named('WebhookConversationStatusChanged', {
    ...conversationKeys,
    changed_attributes: alwaysNull(ChangedAttributes, 'always null: read the new state from `status`'),
    event: Type.Literal('conversation_status_changed'),
  }),
  conversation_typing_on: typing('WebhookConversationTypingOn', 'conversation_typing_on'),
  conversation_typing_off: typing('WebhookConversationTypingOff', 'conversation_typing_off'),
  contact_created: named('WebhookContactCreated', {
    ...contactKeys,
    event: Type.Literal('contact_created'),
  }),
  contact_updated: named('WebhookContactUpdated', {
    ...contactKeys,
    changed_attributes: ChangedAttributes,
    event: Type.Literal('contact_updated'),
  }),
  inbox_created: named('WebhookInboxCreated', { ...inboxKeys, event: Type.Literal('inbox_created') }),
  inbox_updated: named('WebhookInboxUpdated', {
    ...inboxKeys,
    changed_attributes: ChangedAttributes,
    event: Type.Literal('inbox_updated'),
  }),
  webhook_test: named('WebhookTest', {
    account: idAndName,
    message: Type.String(),
    event: Type.Literal('webhook_test'),
  }),
} as const satisfies Record<string, TSchema>;

/** Names of the events that are posted. */
export type WebhookPayloadName = keyof typeof webhookPayloads;
export type WebhookPayload<N extends WebhookPayloadName> = Static<(typeof webhookPayloads)[N]>;
