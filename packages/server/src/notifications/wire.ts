/** Wire shapes of notifications and their settings. */
import type {
  Notification,
  NotificationSettings,
  NotificationRow as StoredNotification,
} from '@hoory/contract';
import { toEventUser } from '../agents/sender.ts';
import { findUsers } from '../agents/store.ts';
import type { App } from '../app.ts';
import type { Sql } from '../db/db.ts';
import type { NotificationRow, NotificationSettingsRow, UserRow } from '../db/tables.ts';
import { toConversationEvent } from '../messages/emit-events.ts';
import { findConversations, type LoadedConversation } from '../messages/loaded-conversation.ts';
import { findMessages, loadParts } from '../messages/store.ts';
import { type MessageParts, toEventMessage } from '../messages/wire.ts';
import { readObject, readWords } from '../stored-json.ts';
import { toIso, toIsoOrNull, toUnix } from '../time.ts';
import { allFlags, toNotificationText } from './rules.ts';

/** What a notification refers to. */
type Subject = Pick<
  NotificationRow,
  'conversation_id' | 'user_id' | 'secondary_actor_type' | 'secondary_actor_id'
>;

/** The rows that notifications show. */
export interface SubjectRows {
  loadedById: ReadonlyMap<number, LoadedConversation>;
  messages: ReadonlyMap<number, MessageParts>;
  users: ReadonlyMap<number, UserRow>;
}

/**
 * Loads what these notifications show, with a fixed number of queries.
 * @param known messages by id that need not be read
 */
export async function loadSubjects(
  db: Sql,
  subjects: readonly Subject[],
  known: ReadonlyMap<number, MessageParts> = new Map(),
): Promise<SubjectRows> {
  const unknown = secondaryActorIds(subjects, 'Message').filter((id) => !known.has(id));
  const [loadedById, messages, users] = await Promise.all([
    findConversations(
      db,
      subjects.map(({ conversation_id }) => conversation_id),
    ),
    findMessages(db, unknown),
    findUsers(db, [...subjects.map(({ user_id }) => user_id), ...secondaryActorIds(subjects, 'User')]),
  ]);
  const conversations = [...loadedById.values()].map(({ conversation }) => conversation);
  const parts = await loadParts(db, messages, conversations);
  return { loadedById, users, messages: new Map([...known, ...parts.map(toEntry)]) };
}

const toEntry = (parts: MessageParts): [number, MessageParts] => [parts.message.id, parts];

/** Notifications as lists and events show them, in the order of `rows`. */
export async function loadNotifications(
  app: App,
  db: Sql,
  rows: readonly NotificationRow[],
): Promise<Notification[]> {
  return rows.length ? toNotifications(app, rows, await loadSubjects(db, rows)) : [];
}

/** Like `loadNotifications`, from rows that are loaded. */
export const toNotifications = (
  app: App,
  rows: readonly NotificationRow[],
  { loadedById, messages, users }: SubjectRows,
): Notification[] =>
  rows.map((row) => {
    const loaded = loadedById.get(row.conversation_id);
    if (!loaded) throw new Error(`the conversation of notification ${row.id} does not exist`);
    const message =
      row.secondary_actor_type === 'Message' ? messages.get(row.secondary_actor_id ?? 0) : undefined;
    return toNotification(app, row, { loaded, message, users });
  });

const secondaryActorIds = (rows: readonly Subject[], type: 'Message' | 'User') =>
  rows.flatMap(({ secondary_actor_type, secondary_actor_id }) =>
    secondary_actor_type === type ? (secondary_actor_id ?? []) : [],
  );

interface NotificationParts {
  loaded: LoadedConversation;
  message: MessageParts | undefined;
  users: ReadonlyMap<number, UserRow>;
}

function toNotification(
  app: App,
  row: NotificationRow,
  { loaded, message, users }: NotificationParts,
): Notification {
  const user = users.get(row.user_id);
  if (!user) throw new Error(`the user of notification ${row.id} does not exist`);
  const { conversation, session, last } = loaded;
  const shown = message ?? last;
  const text = toNotificationText({
    type: row.notification_type,
    display_id: conversation.display_id,
    message: shown && { content: shown.message.content, sender: shown.sender?.name },
  });
  const { account_id: _, ...primary_actor } = toConversationEvent(app, loaded);
  const other = row.secondary_actor_type === 'User' ? users.get(row.secondary_actor_id ?? 0) : undefined;
  return {
    id: row.id,
    notification_type: row.notification_type,
    push_message_title: text,
    push_message_body: text,
    primary_actor_type: 'Conversation',
    primary_actor_id: row.conversation_id,
    primary_actor,
    secondary_actor: message
      ? { ...toEventMessage(app, message, conversation, session.source_id) }
      : other
        ? { ...toEventUser(other) }
        : null,
    user: toEventUser(user),
    read_at: toIsoOrNull(row.read_at),
    snoozed_until: toIsoOrNull(row.snoozed_until),
    created_at: toUnix(row.created_at),
    last_activity_at: toUnix(row.last_activity_at),
    meta: readObject(row.meta),
  };
}

/** The notification in the answer to a change of it. */
export const toStoredNotification = (row: NotificationRow): StoredNotification => ({
  id: row.id,
  account_id: row.account_id,
  user_id: row.user_id,
  notification_type: row.notification_type,
  primary_actor_type: 'Conversation',
  primary_actor_id: row.conversation_id,
  secondary_actor_type: row.secondary_actor_type,
  secondary_actor_id: row.secondary_actor_id,
  read_at: toIsoOrNull(row.read_at),
  snoozed_until: toIsoOrNull(row.snoozed_until),
  last_activity_at: toIso(row.last_activity_at),
  meta: readObject(row.meta),
  created_at: toIso(row.created_at),
  updated_at: toIso(row.updated_at),
});

/** The settings on the wire; their id is the user's, because a user has one row in an account. */
export const toSettings = (row: NotificationSettingsRow): NotificationSettings => ({
  id: row.user_id,
  user_id: row.user_id,
  account_id: row.account_id,
  all_email_flags: allFlags('email'),
  selected_email_flags: readWords(row.email_flags),
  all_push_flags: allFlags('push'),
  selected_push_flags: readWords(row.push_flags),
});
