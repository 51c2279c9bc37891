/** Listener that turns domain events of conversations into notifications of agents (application-api.md section 6.14). */
import { MessageType } from '@hoory/contract';
import type { App } from '../app.ts';
import { mentionsIn } from '../conversations/mentions.ts';
import type { Tx } from '../db/db.ts';
import type { MessageRow, NotificationRow } from '../db/tables.ts';
import type { CreatedMessage, DomainEvent } from '../events/domain-events.ts';
import { eventsNamed } from '../events/domain-events.ts';
import type { Listener } from '../events/listeners.ts';
import { sendEmails } from './emails.ts';
import { countByOwner, emitDeletedNotifications, emitReplacedNotifications } from './events.ts';
import { markConversationsRead } from './notifications.ts';
import {
  deleteNotifications,
  insertOrReplaceNotifications,
  listOfConversation,
  type NewNotification,
  splitRepeated,
} from './store.ts';
import { type Follower, listFollowers, listSubscribers } from './store-recipients.ts';
import { loadSubjects } from './wire.ts';

/**
 * Creates notifications, marks them as read when their user has seen the conversation, and deletes those of a deleted conversation.
 * A batch of events takes as many statements as one of them.
 */
export const createNotifications = (app: App): Listener<Follower[]> => ({
  prefetch: listFollowers,
  handle: async (tx, events, followers) => {
    const created = eventsNamed(events, 'message_created');
    const targets = await Promise.all([
      targetsOfMessages(tx, created, followers),
      eventsNamed(events, 'conversation_mentioned').flatMap(targetsOfMention),
      eventsNamed(events, 'conversation_updated').flatMap(targetsOfAssignment),
      targetsOfCreations(tx, events.filter(isCreation)),
    ]);
    const messages = new Map(created.map(({ detail }) => [detail.message.id, detail]));
    for (const list of splitRepeated(targets.flat()))
      await createForTargets(app, tx, { targets: list, messages });
    await markConversationsRead(app, tx, eventsNamed(events, 'conversation_seen'));
    for (const event of eventsNamed(events, 'conversation_deleting')) await deleteNotificationsOf(tx, event);
  },
});

type SecondaryActor = Pick<NewNotification, 'secondary_actor_type' | 'secondary_actor_id'>;

const about = (message_id: number): SecondaryActor => ({
  secondary_actor_type: 'Message',
  secondary_actor_id: message_id,
});
const nobody: SecondaryActor = { secondary_actor_type: null, secondary_actor_id: null };

/**
 * The assignee and the participants of each message, except its author and users who are notified of a mention in it. Messages of
 * muted customers notify nobody.
 */
async function targetsOfMessages(
  tx: Tx,
  events: readonly DomainEvent<'message_created'>[],
  prefetched: readonly Follower[] | undefined,
): Promise<NewNotification[]> {
  if (!events.length) return [];
  const ids = events.map(({ conversation_id }) => conversation_id);
  const followers = prefetched ?? (await listFollowers(tx, ids));
  const targets: NewNotification[] = [];
  for (const { message } of events.map(({ detail }) => detail)) {
    const { id, account_id, conversation_id, message_type } = message;
    if (message_type > MessageType.outgoing) continue;
    const own = followers.filter((one) => one.conversation_id === conversation_id);
    if (!own.length) continue;
    const excluded = new Set(await listExcludedUsers(tx, message));
    for (const { user_id, assigned, muted } of own) {
      if (excluded.has(user_id) || (muted && message_type === MessageType.incoming)) continue;
      excluded.add(user_id);
      const notification_type = assigned
        ? 'assigned_conversation_new_message'
        : 'participating_conversation_new_message';
      targets.push({ account_id, conversation_id, user_id, notification_type, ...about(id) });
    }
  }
  return targets;
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

const targetsOfMention = ({
  detail: { message, user_ids },
}: DomainEvent<'conversation_mentioned'>): NewNotification[] =>
  user_ids.map((user_id) => ({
    account_id: message.account_id,
    conversation_id: message.conversation_id,
    user_id,
    notification_type: 'conversation_mention',
    ...about(message.id),
  }));

/** The new assignee, unless the assignment is their own. */
function targetsOfAssignment({
  account_id,
  conversation_id,
  detail: { changed_attributes, by },
}: DomainEvent<'conversation_updated'>): NewNotification[] {
  const user_id = changed_attributes.assignee_id?.[1];
  if (typeof user_id !== 'number' || user_id === by?.user_id) return [];
  const assigner: SecondaryActor =
    by?.user_id === undefined ? nobody : { secondary_actor_type: 'User', secondary_actor_id: by.user_id };
  const notification_type = 'conversation_assignment';
  return [{ account_id, conversation_id, user_id, notification_type, ...assigner }];
}

type Creation = DomainEvent<'conversation_created' | 'conversation_bot_handoff'>;

/** A conversation that is created without a bot, or handed off by one. */
const isCreation = (event: DomainEvent): event is Creation =>
  event.event === 'conversation_created'
    ? event.detail.status !== 'pending'
    : event.event === 'conversation_bot_handoff';

/** The members of the inbox who chose this type. */
async function targetsOfCreations(tx: Tx, events: readonly Creation[]): Promise<NewNotification[]> {
  const notification_type = 'conversation_creation';
  const inboxes = new Map(events.map(({ account_id, inbox_id }) => [inbox_id, account_id]));
  const subscribers = new Map(
    await Promise.all(
      [...inboxes].map(
        async ([inbox_id, account_id]): Promise<[number, number[]]> => [
          inbox_id,
          await listSubscribers(tx, { account_id, inbox_id, type: notification_type }),
        ],
      ),
    ),
  );
  return events.flatMap(({ account_id, inbox_id, conversation_id }) =>
    (subscribers.get(inbox_id) ?? []).map((user_id) => ({
      account_id,
      conversation_id,
      user_id,
      notification_type,
      ...nobody,
    })),
  );
}

interface NewNotifications {
  /** Of different users, conversations or types. */
  targets: readonly NewNotification[];
  /** The messages of the events, by id. */
  messages: ReadonlyMap<number, CreatedMessage>;
}

/**
 * Inserts and emits notifications for the targets who may see the conversation, and sends e-mails about them. On PostgreSQL this
 * takes two round trips: what the events show is read with what the rows need, and the counts with the insertion. With reads one
 * after another, and messages read again instead of taken from their events, a message that notifies took 8 round trips instead of 4.
 */
async function createForTargets(app: App, tx: Tx, { targets, messages }: NewNotifications): Promise<void> {
  const [{ rows, replaced, countsOf }, subjects] = await Promise.all([
    insertAndCount(app, tx, targets),
    loadSubjects(tx, targets, messages),
  ]);
  const deleted = [...replaced.values()];
  emitReplacedNotifications(app, tx, { deleted, created: rows, countsOf, subjects });
  // A notification that replaces an unread one sends no e-mail.
  const isNew = ({ id }: NotificationRow) => replaced.get(id)?.read_at !== null;
  await sendEmails(app, tx, rows.filter(isNew));
}

async function insertAndCount(app: App, tx: Tx, targets: readonly NewNotification[]) {
  const { rows, replaced } = await insertOrReplaceNotifications(app, tx, targets);
  return { rows, replaced, countsOf: await countByOwner(tx, [...replaced.values(), ...rows]) };
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
