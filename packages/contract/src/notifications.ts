/** Notifications of a user (application-api.md section 4.11, cable.md section C.2). */
import Type, { type Static } from 'typebox';
import { EventConversation } from './conversations.ts';
import { FreeForm, Id, IsoTime, named, nullable, UnixSeconds, words } from './schema.ts';
import { EventUser } from './senders.ts';

export const NotificationType = words(
  'conversation_creation',
  'conversation_assignment',
  'assigned_conversation_new_message',
  'conversation_mention',
  'participating_conversation_new_message',
);
export type NotificationType = Static<typeof NotificationType>;

export const notificationKeys = {
  id: Id,
  notification_type: NotificationType,
  push_message_title: Type.String(),
  push_message_body: Type.String(),
  primary_actor_type: Type.Literal('Conversation'),
  primary_actor_id: Type.Integer({ description: 'database key, not the display id' }),
  primary_actor: EventConversation,
  secondary_actor: nullable(FreeForm),
  user: EventUser,
  read_at: nullable(IsoTime),
  snoozed_until: nullable(IsoTime),
  created_at: UnixSeconds,
  last_activity_at: UnixSeconds,
  meta: FreeForm,
};

export const Notification = named('Notification', notificationKeys);
export type Notification = Static<typeof Notification>;
