/**
 * Payloads of events by name, for each audience (cable.md section C.4). The same payloads go over `/cable`, into the event log
 * and out of the events endpoints. The server decides which streams get an event.
 */
import Type, { type Static } from 'typebox';
import { CacheKeys } from './accounts.ts';
import { EventConversation, eventConversationKeys } from './conversations.ts';
import { eventMessageKeys } from './messages.ts';
import { notificationKeys } from './notifications.ts';
import { Id, named, object } from './schema.ts';
import { type Availability, EventAgentBot, EventUser, eventContactKeys, Sender } from './senders.ts';

/** Every payload says whose account it is, and which agent's or bot's request caused it, if one did. */
const envelope = {
  account_id: Id,
  performer: Type.Optional(Type.Union([EventUser, EventAgentBot], { title: 'Performer' })),
};

/** Column -> value before and after. */
export const PreviousChanges = Type.Unsafe<Record<string, [unknown, unknown]>>({
  type: 'object',
  additionalProperties: { type: 'array', minItems: 2, maxItems: 2 },
});

/** `echo_id` is there when the post had one. */
export const MessageCreated = named('MessageCreated', { ...eventMessageKeys, ...envelope });
export type MessageCreated = Static<typeof MessageCreated>;

/** The whole message, with the columns that changed. */
export const MessageUpdated = named('MessageUpdated', {
  ...eventMessageKeys,
  ...envelope,
  previous_changes: PreviousChanges,
});
export type MessageUpdated = Static<typeof MessageUpdated>;

/** The whole conversation, in every event about it but its deletion. */
export const ConversationChanged = named('ConversationChanged', { ...eventConversationKeys, ...envelope });
export type ConversationChanged = Static<typeof ConversationChanged>;

/** A deleted conversation leaves its display id only. */
export const ConversationDeleted = named('ConversationDeleted', {
  id: Type.Integer({ description: 'display id' }),
  ...envelope,
});
export type ConversationDeleted = Static<typeof ConversationDeleted>;

/** Not logged; ends by itself when no other comes. */
export const Typing = named('Typing', {
  conversation: EventConversation,
  user: Sender,
  is_private: Type.Boolean(),
  ...envelope,
});
export type Typing = Static<typeof Typing>;

/** The whole contact, in every event about it but its erasure. */
export const ContactChanged = named('ContactChanged', { ...eventContactKeys, ...envelope });
export type ContactChanged = Static<typeof ContactChanged>;

/** An erased contact leaves its ids only. */
export const ContactDeleted = named('ContactDeleted', {
  ...Type.Partial(Type.Object(eventContactKeys)).properties,
  id: Id,
  ...envelope,
});
export type ContactDeleted = Static<typeof ContactDeleted>;

const counts = { unread_count: Type.Integer(), count: Type.Integer() };

/** With the counts of the user's list after the change. */
export const NotificationChanged = named('NotificationChanged', {
  notification: object({ ...notificationKeys, account_id: Id }),
  ...counts,
  ...envelope,
});
export type NotificationChanged = Static<typeof NotificationChanged>;

/** Leaves the id, and the counts after the deletion. */
export const NotificationDeleted = named('NotificationDeleted', {
  notification: object({ id: Id }),
  ...counts,
  ...envelope,
});
export type NotificationDeleted = Static<typeof NotificationDeleted>;

/** A list has changed: fetch it again when its key differs. */
export const CacheInvalidated = named('CacheInvalidated', { cache_keys: CacheKeys, ...envelope });
export type CacheInvalidated = Static<typeof CacheInvalidated>;

/** Id, as text, -> availability. */
const Presence = Type.Unsafe<Record<string, Availability>>({
  type: 'object',
  additionalProperties: { type: 'string', enum: ['online', 'busy', 'offline'] },
});

/** For customers: the availability of agents by user id. */
export const ContactPresence = named('ContactPresence', { account_id: Id, users: Presence });
export type ContactPresence = Static<typeof ContactPresence>;

/** For agents: the availability of agents and contacts by id. */
export const AgentPresence = named('AgentPresence', { account_id: Id, users: Presence, contacts: Presence });
export type AgentPresence = Static<typeof AgentPresence>;

/** The events of a customer. */
export const contactEvents = {
  'message.created': MessageCreated,
  'message.updated': MessageUpdated,
  'conversation.created': ConversationChanged,
  'conversation.updated': ConversationChanged,
  'conversation.status_changed': ConversationChanged,
  'conversation.typing_on': Typing,
  'conversation.typing_off': Typing,
  'presence.update': ContactPresence,
} as const;

/** The events of an agent. */
export const agentEvents = {
  'message.created': MessageCreated,
  'message.updated': MessageUpdated,
  'first.reply.created': MessageCreated,
  'conversation.created': ConversationChanged,
  'conversation.updated': ConversationChanged,
  'conversation.status_changed': ConversationChanged,
  'conversation.read': ConversationChanged,
  'conversation.typing_on': Typing,
  'conversation.typing_off': Typing,
  'assignee.changed': ConversationChanged,
  'team.changed': ConversationChanged,
  'conversation.contact_changed': ConversationChanged,
  'conversation.mentioned': ConversationChanged,
  'conversation.deleted': ConversationDeleted,
  'contact.created': ContactChanged,
  'contact.updated': ContactChanged,
  'contact.merged': ContactChanged,
  'contact.deleted': ContactDeleted,
  'notification.created': NotificationChanged,
  'notification.updated': NotificationChanged,
  'notification.deleted': NotificationDeleted,
  'account.cache_invalidated': CacheInvalidated,
  'presence.update': AgentPresence,
} as const;

/** Payload schemas by audience and event name. */
export const events: { readonly contact: typeof contactEvents; readonly agent: typeof agentEvents } = {
  contact: contactEvents,
  agent: agentEvents,
};

/** `contact`: the customer of the conversation; `agent`: users and bots. */
export type Audience = keyof typeof events;
/** Names of the events that a customer may get. */
export type ContactEventName = keyof typeof contactEvents;
/** Names of the events that an agent may get. */
export type AgentEventName = keyof typeof agentEvents;
export type ContactEventData<N extends ContactEventName> = Static<(typeof contactEvents)[N]>;
export type AgentEventData<N extends AgentEventName> = Static<(typeof agentEvents)[N]>;

/** Events that are not logged: whoever misses one does not miss anything. */
export const transientEvents: ReadonlySet<string> = new Set<AgentEventName>([
  'conversation.typing_on',
  'conversation.typing_off',
  'presence.update',
]);
