/** SQL of notifications and of their settings. */
import { type RawBuilder, sql } from 'kysely';
import type { App } from '../app.ts';
import type { Sql, Tx } from '../db/db.ts';
import { isAnyOf, listValue } from '../db/dialect.ts';
import { type Page, type PageRequest, readPage } from '../db/keyset.ts';
import { newId } from '../db/new-ids.ts';
import { preparedQuery } from '../db/prepared-query.ts';
import type { NotificationRow, NotificationSettingsRow } from '../db/tables.ts';
import { notFound } from '../errors.ts';
import { readWords } from '../stored-json.ts';
import { initialFlags } from './rules.ts';

/** A user in one account. Every query of notifications is limited to its owner. */
export interface Owner {
  account_id: number;
  user_id: number;
}

const ownNotifications = (db: Sql, { account_id, user_id }: Owner) =>
  db.q.selectFrom('notifications').where('account_id', '=', account_id).where('user_id', '=', user_id);

interface ViewerColumns {
  user: RawBuilder<unknown>;
  account: RawBuilder<unknown>;
}

/** Inbox and team of a conversation, which decide who may see it (application-api.md section 3). */
interface LocationColumns {
  inbox: RawBuilder<unknown>;
  team: RawBuilder<unknown>;
}

/** An SQL condition: the user is an administrator of the account, or a member of the inbox or the team. */
const maySee = ({ user, account }: ViewerColumns, { inbox, team }: LocationColumns) =>
  sql<boolean>`(
    exists (select 1 from account_users seer
      where seer.account_id = ${account} and seer.user_id = ${user} and seer.role = 'administrator')
    or ${inbox} in (select mate.inbox_id from inbox_members mate where mate.user_id = ${user})
    or ${team} in (select mate.team_id from team_members mate where mate.user_id = ${user}))`;

/**
 * An SQL condition: the owner may see the row's conversation, whose content a notification shows. The owner is passed as values,
 * not
 * as columns, so that databases evaluate the subqueries once instead of for each row.
 */
const isVisible = ({ account_id, user_id }: Owner, table: 'notifications' | 'notification_counts') =>
  maySee(
    { user: sql`${user_id}`, account: sql`${account_id}` },
    { inbox: sql.ref(`${table}.inbox_id`), team: sql.ref(`${table}.team_id`) },
  );

const visibleNotifications = (db: Sql, owner: Owner) =>
  ownNotifications(db, owner).where(isVisible(owner, 'notifications'));

/** A user who may see a conversation, with its inbox and team; `team_id` is 0 without team. */
export type ViewerRow = Pick<NotificationRow, 'user_id' | 'inbox_id' | 'team_id'>;

/** The users among `ids` who may see the conversation. */
export function listViewers(
  db: Sql,
  { account_id, conversation_id }: Pick<NotificationRow, 'account_id' | 'conversation_id'>,
  ids: readonly number[],
): Promise<ViewerRow[]> {
  const viewer = { user: sql.ref('account_users.user_id'), account: sql`${account_id}` };
  const location = { inbox: sql.ref('conversations.inbox_id'), team: sql.ref('conversations.team_id') };
  return db.all(
    db.q
      .selectFrom('account_users')
      .innerJoin('conversations', (on) => on.on('conversations.id', '=', conversation_id))
      .select(['account_users.user_id', 'conversations.inbox_id'])
      .select(sql<number>`coalesce(conversations.team_id, 0)`.as('team_id'))
      .where('account_users.account_id', '=', account_id)
      .where(isAnyOf(db, 'account_users.user_id', ids))
      .where(maySee(viewer, location)),
  );
}

export interface NotificationFilter {
  withRead: boolean;
  withSnoozed: boolean;
}

const pageSize = 15;

const toFilterCondition = (owner: Owner, { withRead, withSnoozed }: NotificationFilter) =>
  sql<boolean>`account_id = ${owner.account_id} and user_id = ${owner.user_id} and ${isVisible(owner, 'notifications')}
    ${withRead ? sql`` : sql`and read_at is null`} ${withSnoozed ? sql`` : sql`and snoozed_until is null`}`;

/** A page by last activity. @throws invalid 422 for a cursor of another list or order */
export const listNotifications = (
  db: Sql,
  owner: Owner,
  { direction, cursor, page, ...filter }: NotificationFilter & PageRequest & { direction: 'asc' | 'desc' },
): Promise<Page<NotificationRow>> =>
  readPage(
    db,
    {
      select: sql`notifications.*`,
      from: sql`notifications`,
      id: sql`id`,
      where: toFilterCondition(owner, filter),
      order: {
        name: `notifications ${direction}`,
        type: 'number',
        parts: [{ column: sql.ref('last_activity_at'), direction }],
      },
    },
    { cursor, page, size: pageSize },
  );

/** The number of notifications on all pages of `listNotifications`, from counters that triggers of the database maintain. */
export async function countNotifications(
  db: Sql,
  owner: Owner,
  { withRead, withSnoozed }: NotificationFilter,
): Promise<number> {
  const row = await db.get(
    sql<{ count: number }>`select coalesce(sum(count), 0) as count from notification_counts
      where account_id = ${owner.account_id} and user_id = ${owner.user_id} and ${isVisible(owner, 'notification_counts')}
      ${withRead ? sql`` : sql`and is_read = 0`} ${withSnoozed ? sql`` : sql`and is_snoozed = 0`}`,
  );
  return row?.count ?? 0;
}

/** Counts notifications that are neither read nor snoozed. */
export const countUnread = (db: Sql, owner: Owner): Promise<number> =>
  countNotifications(db, owner, { withRead: false, withSnoozed: false });

/** @throws not_found, also for a notification of another user */
export async function getNotification(db: Sql, owner: Owner, id: number): Promise<NotificationRow> {
  const row = await db.get(visibleNotifications(db, owner).selectAll().where('id', '=', id));
  if (!row) throw notFound();
  return row;
}

/** Unread notifications of one conversation, newest first: at most one of each type. */
export const listUnreadOfConversation = (
  db: Sql,
  owner: Owner,
  conversation_id: number,
): Promise<NotificationRow[]> =>
  db.all(
    db.q
      .selectFrom('notifications')
      .selectAll()
      .where('conversation_id', '=', conversation_id)
      .where('user_id', '=', owner.user_id)
      .where('read_at', 'is', null)
      .where(isVisible(owner, 'notifications'))
      .orderBy('last_activity_at', 'desc')
      .orderBy('id', 'desc'),
  );

/** At most `limit` unread notifications, in the order of an index. */
export const listUnread = (db: Sql, owner: Owner, limit: number): Promise<NotificationRow[]> =>
  db.all(
    visibleNotifications(db, owner)
      .selectAll()
      .where('read_at', 'is', null)
      .orderBy('snoozed_until')
      .orderBy('last_activity_at')
      .orderBy('id')
      .limit(limit),
  );

/** At most `limit` notifications of the owner: all, or read ones only. Includes conversations that the owner no longer sees. */
export const listDeletable = (
  db: Sql,
  owner: Owner,
  { type, limit }: { type: 'read' | 'all'; limit: number },
): Promise<NotificationRow[]> => {
  const query = ownNotifications(db, owner).selectAll().limit(limit);
  return db.all(
    type === 'read'
      ? query.where('read_at', 'is not', null).orderBy('id')
      : query.orderBy('last_activity_at').orderBy('id'),
  );
};

/** Notifications of all users about one conversation. */
export const listOfConversation = (db: Sql, conversation_id: number): Promise<NotificationRow[]> =>
  db.all(
    db.q.selectFrom('notifications').selectAll().where('conversation_id', '=', conversation_id).orderBy('id'),
  );

export type NewNotification = Pick<
  NotificationRow,
  | 'account_id'
  | 'user_id'
  | 'notification_type'
  | 'conversation_id'
  | 'inbox_id'
  | 'team_id'
  | 'secondary_actor_type'
  | 'secondary_actor_id'
>;

/** Inserts a notification, and deletes the previous one of the same user, conversation and type. @returns both */
export async function insertOrReplaceNotification(
  app: App,
  tx: Tx,
  given: NewNotification,
): Promise<{ row: NotificationRow; replaced: NotificationRow | undefined }> {
  const replaced: NotificationRow | undefined = await tx.get(
    tx.q
      .selectFrom('notifications')
      .selectAll()
      .where('conversation_id', '=', given.conversation_id)
      .where('user_id', '=', given.user_id)
      .where('notification_type', '=', given.notification_type),
  );
  if (replaced) await deleteNotifications(tx, [replaced.id]);
  const now = app.now();
  const id = await newId(tx, 'notifications');
  const times = {
    read_at: null,
    snoozed_until: null,
    last_activity_at: now,
    created_at: now,
    updated_at: now,
  };
  const row: NotificationRow = { ...given, ...times, meta: '{}', id };
  await tx.insertMany('notifications', [row]);
  return { row, replaced };
}

/** Sets columns of one notification, and `updated_at`. @returns the row after it */
export async function updateNotification(
  app: App,
  tx: Tx,
  row: NotificationRow,
  changes: Partial<NotificationRow>,
): Promise<NotificationRow> {
  const next = { ...row, ...changes, updated_at: app.now() };
  await tx.updateMany(
    'notifications',
    [next],
    ['read_at', 'snoozed_until', 'last_activity_at', 'meta', 'updated_at'],
  );
  return next;
}

/** Writes `read_at` and `updated_at` of these rows. */
export const updateReadAt = (tx: Tx, rows: readonly NotificationRow[]): Promise<void> =>
  tx.updateMany('notifications', rows, ['read_at', 'updated_at']);

export async function deleteNotifications(tx: Tx, ids: readonly number[]): Promise<void> {
  if (ids.length) await tx.run(tx.q.deleteFrom('notifications').where(isAnyOf(tx, 'id', ids)));
}

export type ExpiredSnooze = NotificationRow & { is_visible: number };

/** Notifications whose snooze has ended, also of conversations that their user no longer sees. @param now milliseconds */
export const listExpiredSnoozes = (db: Sql, now: number, limit: number): Promise<ExpiredSnooze[]> =>
  db.all(
    db.q
      .selectFrom('notifications')
      .selectAll()
      .select(
        sql<number>`case when ${maySee(
          { user: sql.ref('notifications.user_id'), account: sql.ref('notifications.account_id') },
          { inbox: sql.ref('notifications.inbox_id'), team: sql.ref('notifications.team_id') },
        )} then 1 else 0 end`.as('is_visible'),
      )
      .where('snoozed_until', '<=', now)
      .orderBy('snoozed_until')
      .limit(limit),
  );

/** The settings of the user in the account; the initial ones while none are stored. */
export async function findSettings(
  db: Sql,
  { account_id, user_id }: Owner,
): Promise<NotificationSettingsRow> {
  const row = await db.get(
    db.q
      .selectFrom('notification_settings')
      .selectAll()
      .where('account_id', '=', account_id)
      .where('user_id', '=', user_id),
  );
  return (
    row ?? {
      account_id,
      user_id,
      email_flags: JSON.stringify(initialFlags('email')),
      push_flags: JSON.stringify(initialFlags('push')),
    }
  );
}

export async function writeSettings(tx: Tx, row: NotificationSettingsRow): Promise<void> {
  const { email_flags, push_flags } = row;
  await tx.run(
    tx.q
      .insertInto('notification_settings')
      .values(row)
      .onConflict((conflict) =>
        conflict.columns(['account_id', 'user_id']).doUpdateSet({ email_flags, push_flags }),
      ),
  );
}

/** Ids of members of the inbox who chose this type of notification, for e-mail or for push. */
export async function listSubscribers(
  db: Sql,
  { account_id, inbox_id, type }: { account_id: number; inbox_id: number; type: string },
): Promise<number[]> {
  const rows = await db.all(
    db.q
      .selectFrom('inbox_members')
      .innerJoin('notification_settings', 'notification_settings.user_id', 'inbox_members.user_id')
      .selectAll('notification_settings')
      .where('inbox_id', '=', inbox_id)
      .where('account_id', '=', account_id),
  );
  return rows
    .filter(({ email_flags, push_flags }) =>
      [...readWords(email_flags), ...readWords(push_flags)].some((flag) => flag.endsWith(`_${type}`)),
    )
    .map(({ user_id }) => user_id);
}

export interface Follower {
  conversation_id: number;
  user_id: number;
  /** 1 for the assignee, 0 for a participant. */
  assigned: number;
}

const followers = preparedQuery(
  (_q, params: { ids: unknown; sameIds: unknown }, db) =>
    sql<Follower>`select id as conversation_id, assignee_id as user_id, 1 as assigned from conversations
      where ${isAnyOf(db, 'id', params.ids)} and assignee_id is not null
      union all select conversation_id, user_id, 0 as assigned from conversation_participants
      where ${isAnyOf(db, 'conversation_id', params.sameIds)}`,
);

/** Assignees and participants of these conversations, in one query, because every message needs them. */
export async function listFollowers(db: Sql, conversationIds: readonly number[]): Promise<Follower[]> {
  const ids = listValue(db, [...new Set(conversationIds)]);
  return db.all(followers(db, { ids, sameIds: ids }));
}

/** The conversations among `ids` whose contact is blocked. */
export async function findMutedConversations(db: Sql, ids: readonly number[]): Promise<Set<number>> {
  if (!ids.length) return new Set();
  const rows = await db.all(
    db.q
      .selectFrom('conversations')
      .innerJoin('contacts', 'contacts.id', 'conversations.contact_id')
      .select('conversations.id')
      .where(isAnyOf(db, 'conversations.id', ids))
      .where('contacts.blocked', '=', 1),
  );
  return new Set(rows.map(({ id }) => id));
}
