/** Listener that turns domain events of conversations into notifications of agents (application-api.md section 6.14). */
import type { NotificationType } from '@hoory/contract';
import { MessageType } from '@hoory/contract';
import type { App } from '../app.ts';
import { mentionsIn } from '../conversations/mentions.ts';
import type { Tx } from '../db/db.ts';
import type { MessageRow, NotificationRow } from '../db/tables.ts';
import type { DomainEvent } from '../events/domain-events.ts';
import { eventsNamed } from '../events/domain-events.ts';
import type { Listener } from '../events/listeners.ts';
import { findMessages } from '../messages/store.ts';
import { sendEmails } from './emails.ts';
import { emitDeletedNotifications, emitNotifications } from './events.ts';
import { markConversationRead } from './notifications.ts';
import {
  deleteNotifications,
  type Follower,
  findMutedConversations,
  insertOrReplaceNotification,
  listFollowers,
  listOfConversation,
  listSubscribers,
  listViewers,
  type NewNotification,
} from './store.ts';

/**
 * Creates notifications, marks them as read when their user has seen the conversation, and deletes those of a deleted conversation.
 */
export const createNotifications = (app: App): Listener<Follower[]> => ({
  prefetch: listFollowers,
  handle: async (tx, events, followers) => {
    await notifyOfMessages(app, tx, eventsNamed(events, 'message_created'), followers);
    for (const event of events) {
      if (event.event === 'conversation_mentioned') await notifyOfMention(app, tx, event);
      if (event.event === 'conversation_updated') await notifyOfAssignment(app, tx, event);
      if (event.event === 'conversation_created' || event.event === 'conversation_bot_handoff')
        await notifyOfCreation(app, tx, event);
      if (event.event === 'conversation_seen') await markConversationRead(app, tx, event);
      if (event.event === 'conversation_deleting') await deleteNotificationsOf(tx, event);
    }
  },
});

/** A user to be notified, unless the user may not see the conversation. */
interface NotificationTarget {
  user_id: number;
  type: NotificationType;
  /** What caused it, beside the conversation: a message, or the user who assigned it. */
  secondary?: { type: 'Message' | 'User'; id: number };
}

/**
 * Notifies the assignee and the participants of each message, except its author and users who are notified of a mention in it.
 * Messages of muted customers notify nobody.
 */
async function notifyOfMessages(
  app: App,
  tx: Tx,
  events: readonly DomainEvent<'message_created'>[],
  prefetched: readonly Follower[] | undefined,
): Promise<void> {
  if (!events.length) return;
  const ids = events.map(({ conversation_id }) => conversation_id);
  const followers = prefetched ?? (await listFollowers(tx, ids));
  if (!followers.length) return;
  const messages = await findMessages(
    tx,
    events
      .filter((event) => followers.some(({ conversation_id }) => conversation_id === event.conversation_id))
      .map(({ detail }) => detail.message_id),
  );
  const incoming = messages.filter(({ message_type }) => message_type === MessageType.incoming);
  const muted = await findMutedConversations(
    tx,
    incoming.map(({ conversation_id }) => conversation_id),
  );
  for (const message of messages) {
    if (message.message_type > MessageType.outgoing) continue;
    if (message.message_type === MessageType.incoming && muted.has(message.conversation_id)) continue;
    const excluded = new Set(await listExcludedUsers(tx, message));
    const targets: NotificationTarget[] = [];
    for (const { conversation_id, user_id, assigned } of followers) {
      if (conversation_id !== message.conversation_id || excluded.has(user_id)) continue;
      excluded.add(user_id);
      const type = assigned ? 'assigned_conversation_new_message' : 'participating_conversation_new_message';
      targets.push({ user_id, type, secondary: { type: 'Message', id: message.id } });
    }
    await createForTargets(app, tx, message, targets);
  }
}

/** Ids of the author of the message, and of the users who are notified of a mention in it. */
async function listExcludedUsers(tx: Tx, message: MessageRow): Promise<number[]> {
  const author = message.sender_type === 'User' && message.sender_id !== null ? [message.sender_id] : [];
  const { users, teams } = message.private ? mentionsIn(message.content ?? '') : { users: [], teams: [] };
  if (!users.length && !teams.length) return author;
  const rows = await listOfConversation(tx, message.conversation_id);
  const mentioned = rows.filter(
    ({ notification_type, secondary_actor_id }) =>
      notification_type === 'conversation_mention' && secondary_actor_id === message.id,
  );
  return [...author, ...mentioned.map(({ user_id }) => user_id)];
}

async function notifyOfMention(
  app: App,
  tx: Tx,
  { detail }: DomainEvent<'conversation_mentioned'>,
): Promise<void> {
  const { message, user_ids } = detail;
  const secondary = { type: 'Message', id: message.id } as const;
  await createForTargets(
    app,
    tx,
    message,
    user_ids.map((user_id) => ({ user_id, type: 'conversation_mention', secondary })),
  );
}

/** Notifies the new assignee, unless the assignment is their own. */
async function notifyOfAssignment(
  app: App,
  tx: Tx,
  { account_id, conversation_id, detail: { changed_attributes, by } }: DomainEvent<'conversation_updated'>,
): Promise<void> {
  const user_id = changed_attributes.assignee_id?.[1];
  if (typeof user_id !== 'number' || user_id === by?.user_id) return;
  const secondary = by?.user_id === undefined ? undefined : ({ type: 'User', id: by.user_id } as const);
  await createForTargets(app, tx, { account_id, conversation_id }, [
    { user_id, type: 'conversation_assignment', ...(secondary && { secondary }) },
  ]);
}

/** Notifies the members of the inbox who chose this type, when a conversation is created without a bot or handed off by one. */
async function notifyOfCreation(
  app: App,
  tx: Tx,
  event: DomainEvent<'conversation_created' | 'conversation_bot_handoff'>,
): Promise<void> {
  if (event.event === 'conversation_created' && event.detail.status === 'pending') return;
  const { account_id, inbox_id, conversation_id } = event;
  const type = 'conversation_creation';
  const user_ids = await listSubscribers(tx, { account_id, inbox_id, type });
  await createForTargets(
    app,
    tx,
    { account_id, conversation_id },
    user_ids.map((user_id) => ({ user_id, type })),
  );
}

/** Inserts and emits notifications for the targets who may see the conversation, and sends e-mails about them. */
async function createForTargets(
  app: App,
  tx: Tx,
  { account_id, conversation_id }: Pick<NotificationRow, 'account_id' | 'conversation_id'>,
  targets: readonly NotificationTarget[],
): Promise<void> {
  if (!targets.length) return;
  const viewers = await listViewers(
    tx,
    { account_id, conversation_id },
    targets.map(({ user_id }) => user_id),
  );
  const created: NotificationRow[] = [];
  const replaced: NotificationRow[] = [];
  /** Notifications that replace no unread one: only these send an e-mail. */
  const news: NotificationRow[] = [];
  for (const { user_id, type, secondary } of targets) {
    const viewer = viewers.find((row) => row.user_id === user_id);
    if (!viewer) continue;
    const notification: NewNotification = {
      ...viewer,
      account_id,
      conversation_id,
      notification_type: type,
      secondary_actor_type: secondary?.type ?? null,
      secondary_actor_id: secondary?.id ?? null,
    };
    const result = await insertOrReplaceNotification(app, tx, notification);
    created.push(result.row);
    if (result.replaced) replaced.push(result.replaced);
    if (!result.replaced || result.replaced.read_at !== null) news.push(result.row);
  }
  await emitDeletedNotifications(tx, replaced);
  await emitNotifications(app, tx, 'notification.created', created);
  await sendEmails(app, tx, news);
}

async function deleteNotificationsOf(
  tx: Tx,
  { conversation_id }: DomainEvent<'conversation_deleting'>,
): Promise<void> {
  const rows = await listOfConversation(tx, conversation_id);
  await deleteNotifications(
    tx,
    rows.map(({ id }) => id),
  );
  await emitDeletedNotifications(tx, rows);
}
