/**
 * Notifications tell a user of assignments, mentions and messages (application-api.md sections 4.11 and 6.14). They come as
 * `notification.created`, `.updated` and `.deleted` on the stream of the user (cable.md section C.2) and, as the user chooses,
 * by mail. The subscriptions of devices are stored for upstream's apps; nothing is pushed to them.
 */
import Type, { type Static } from 'typebox';
import { MAX_LIST } from './bounds.ts';
import { EventConversation } from './conversations.ts';
import { endpoints } from './endpoint.ts';
import { accountParams, accountPath, paging, pagingMeta, recordParams } from './paths.ts';
import {
  FilledUnixSeconds,
  FreeForm,
  fields,
  Id,
  IsoTime,
  named,
  nullable,
  object,
  ShortText,
  shortText,
  UnixSeconds,
  words,
} from './schema.ts';
import { EventUser } from './senders.ts';

/** Why the user is notified. */
export const NotificationType = words(
  'conversation_creation',
  'conversation_assignment',
  'assigned_conversation_new_message',
  'conversation_mention',
  'participating_conversation_new_message',
);
export type NotificationType = Static<typeof NotificationType>;

/** Keys of `Notification`; events add the account. */
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

/** As its user lists it. */
export const Notification = named('Notification', notificationKeys);
export type Notification = Static<typeof Notification>;

/** The stored row, as reading and snoozing answer it (application-api.md section 6.14). */
export const NotificationRow = named('NotificationRow', {
  id: Id,
  account_id: Id,
  user_id: Id,
  notification_type: NotificationType,
  primary_actor_type: Type.Literal('Conversation'),
  primary_actor_id: Id,
  secondary_actor_type: nullable(words('Message', 'User')),
  secondary_actor_id: nullable(Id),
  read_at: nullable(IsoTime),
  snoozed_until: nullable(IsoTime),
  last_activity_at: IsoTime,
  meta: FreeForm,
  created_at: IsoTime,
  updated_at: IsoTime,
});
export type NotificationRow = Static<typeof NotificationRow>;

/** The notifications that a user gets outside the desk; flags are `email_<type>` and `push_<type>`. */
export const NotificationSettings = named('NotificationSettings', {
  id: Id,
  user_id: Id,
  account_id: Id,
  all_email_flags: Type.Array(Type.String()),
  selected_email_flags: Type.Array(Type.String()),
  all_push_flags: Type.Array(Type.String()),
  selected_push_flags: Type.Array(Type.String()),
});
export type NotificationSettings = Static<typeof NotificationSettings>;

/** A browser or an app that asked for push messages. */
export const NotificationSubscription = named('NotificationSubscription', {
  id: Id,
  user_id: Id,
  subscription_type: words('browser_push', 'fcm'),
  subscription_attributes: FreeForm,
  identifier: Type.String({ description: 'the endpoint of a browser, the device of an app' }),
  created_at: IsoTime,
  updated_at: IsoTime,
});
export type NotificationSubscription = Static<typeof NotificationSubscription>;

const deviceName = Type.String({ minLength: 1, maxLength: 4096 });

/** The attributes of a device; the server reads its name only. */
const DeviceInput = Type.Unsafe<
  Record<string, unknown> & { endpoint?: string; device_id?: string; push_token?: string }
>({
  ...FreeForm,
  properties: { endpoint: deviceName, device_id: deviceName, push_token: ShortText },
  description:
    '`endpoint` of a browser, which has to be there; `device_id`, which has to be there, and `push_token` of an app',
});

const path = `${accountPath}/notifications` as const;
const flags = Type.Optional(
  Type.Array(ShortText, { maxItems: MAX_LIST, description: 'unknown ones are dropped' }),
);

export const agentNotifications = endpoints({
  agentListNotifications: {
    method: 'GET',
    path,
    auth: 'agent',
    tag: 'Notifications',
    summary: 'List the notifications of the caller, 15 a page, newest activity first',
    description: 'Read and snoozed ones are left out unless `includes` names them.',
    params: accountParams,
    query: fields({
      ...paging,
      sort_order: Type.Optional(words('asc', 'desc')),
      includes: Type.Optional(
        Type.Array(ShortText, { maxItems: MAX_LIST, description: '`read`, `snoozed`' }),
      ),
    }),
    returns: object({
      data: object({
        meta: object({
          unread_count: Type.Integer(),
          count: Type.Integer({ description: 'of the whole list' }),
          current_page: Type.Integer(),
          ...pagingMeta,
        }),
        payload: Type.Array(Notification),
      }),
    }),
  },
  agentCountUnreadNotifications: {
    method: 'GET',
    path: `${path}/unread_count`,
    auth: 'agent',
    tag: 'Notifications',
    summary: 'Count the unread notifications of the caller; the answer is a number',
    params: accountParams,
    returns: Type.Integer(),
  },
  agentReadAllNotifications: {
    method: 'POST',
    path: `${path}/read_all`,
    auth: 'agent',
    inPieces: true,
    tag: 'Notifications',
    summary: 'Mark all notifications read, or those of one conversation',
    params: accountParams,
    body: fields({
      primary_actor_type: Type.Optional(nullable(shortText('`Conversation`'))),
      primary_actor_id: Type.Optional(nullable(Id)),
    }),
    returns: null,
  },
  agentDestroyAllNotifications: {
    method: 'POST',
    path: `${path}/destroy_all`,
    auth: 'agent',
    inPieces: true,
    tag: 'Notifications',
    summary: 'Delete all notifications of the caller, or those that are read',
    params: accountParams,
    body: fields({ type: Type.Optional(words('read', 'all')) }),
    returns: null,
  },
  agentReadNotification: {
    method: 'PATCH',
    path: `${path}/{id}`,
    auth: 'agent',
    tag: 'Notifications',
    summary: 'Mark a notification read',
    params: recordParams,
    returns: NotificationRow,
  },
  agentUnreadNotification: {
    method: 'POST',
    path: `${path}/{id}/unread`,
    auth: 'agent',
    tag: 'Notifications',
    summary: 'Mark a notification unread',
    params: recordParams,
    returns: NotificationRow,
  },
  agentSnoozeNotification: {
    method: 'POST',
    path: `${path}/{id}/snooze`,
    auth: 'agent',
    tag: 'Notifications',
    summary: 'Hide a notification until a time; then it is unread again',
    params: recordParams,
    body: fields({ snoozed_until: FilledUnixSeconds }),
    returns: NotificationRow,
  },
  agentDeleteNotification: {
    method: 'DELETE',
    path: `${path}/{id}`,
    auth: 'agent',
    tag: 'Notifications',
    summary: 'Delete a notification',
    params: recordParams,
    returns: null,
  },
  createNotificationSubscription: {
    method: 'POST',
    path: '/api/v1/notification_subscriptions',
    auth: 'user',
    root: 'notification_subscription',
    tag: 'Notifications',
    summary: 'Keep where a device of the caller takes notifications; nothing is sent there yet',
    description: 'The same device again changes the row that is kept. A user may keep 50.',
    body: fields({
      subscription_type: words('browser_push', 'fcm'),
      subscription_attributes: DeviceInput,
    }),
    returns: NotificationSubscription,
  },
  deleteNotificationSubscription: {
    method: 'DELETE',
    path: '/api/v1/notification_subscriptions',
    auth: 'user',
    tag: 'Notifications',
    summary: 'Forget a device by its `push_token`',
    body: fields({ push_token: ShortText }),
    returns: null,
  },
  agentGetNotificationSettings: {
    method: 'GET',
    path: `${accountPath}/notification_settings`,
    auth: 'agent',
    tag: 'Notifications',
    summary: 'Read what the caller is told of',
    params: accountParams,
    returns: NotificationSettings,
  },
  agentUpdateNotificationSettings: {
    method: 'PATCH',
    path: `${accountPath}/notification_settings`,
    auth: 'agent',
    root: 'notification_settings',
    tag: 'Notifications',
    summary: 'Choose what the caller is told of',
    description:
      'E-mails are sent where the server can send mail: one for each kind and conversation until the notification is read.',
    params: accountParams,
    body: fields({ selected_email_flags: flags, selected_push_flags: flags }),
    returns: NotificationSettings,
  },
});
