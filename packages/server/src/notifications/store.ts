/** All SQL of notifications and their settings; the only writer of their tables. */
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

/** One user in one account: nobody reads another's notifications. */
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

/** Where a conversation is, which decides on who sees it (application-api.md section 3). */
interface LocationColumns {
  inbox: RawBuilder<unknown>;
  team: RawBuilder<unknown>;
}

const maySee = ({ user, account }: ViewerColumns, { inbox, team }: LocationColumns) =>
  sql<boolean>`(
    exists (select 1 from account_users seer
      where seer.account_id = ${account} and seer.user_id = ${user} and seer.role = 'administrator')
    or ${inbox} in (select mate.inbox_id from inbox_members mate where mate.user_id = ${user})
    or ${team} in (select mate.team_id from team_members mate where mate.user_id = ${user}))`;

/**
 * Rows of `table` of conversations that the owner sees: a notification says what is in its conversation. The owner is said
 * in numbers, so that databases find out once what the owner sees, not for each row.
 */
const isVisible = ({ account_id, user_id }: Owner, table: 'notifications' | 'notification_counts') =>
  maySee(
    { user: sql`${user_id}`, account: sql`${account_id}` },
    { inbox: sql.ref(`${table}.inbox_id`), team: sql.ref(`${table}.team_id`) },
  );

const visibleNotifications = (db: Sql, owner: Owner) =>
  ownNotifications(db, owner).where(isVisible(owner, 'notifications'));

/** A user who sees a conversation, with where it is; no team is 0. */
export type ViewerRow = Pick<NotificationRow, 'user_id' | 'inbox_id' | 'team_id'>;

/** Those of `ids` who see the conversation. */
export function listViewers(
  db: Sql,
  { account_id, conversation_id }: Pick<NotificationRow, 'account_id' | 'conversation_id'>,
  ids: readonly number[],
): Promise<ViewerRow[]> {
  const seer = { user: sql.ref('account_users.user_id'), account: sql`${account_id}` };
  const where = { inbox: sql.ref('conversations.inbox_id'), team: sql.ref('conversations.team_id') };
  return db.all(
    db.q
      .selectFrom('account_users')
      .innerJoin('conversations', (on) => on.on('conversations.id', '=', conversation_id))
      .select(['account_users.user_id', 'conversations.inbox_id'])
      .select(sql<number>`coalesce(conversations.team_id, 0)`.as('team_id'))
      .where('account_users.account_id', '=', account_id)
      .where(isAnyOf(db, 'account_users.user_id', ids))
      .where(maySee(seer, where)),
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

/** A page by last activity. @throws invalid for a cursor that this list in this order has not given */
export const listNotifications = (
  db: Sql,
  owner: Owner,
  { direction, cursor, page, ...wanted }: NotificationFilter & PageRequest & { direction: 'asc' | 'desc' },
): Promise<Page<NotificationRow>> =>
  readPage(
    db,
    {
      select: sql`notifications.*`,
      from: sql`notifications`,
      id: sql`id`,
      where: toFilterCondition(owner, wanted),
      order: {
        name: `notifications ${direction}`,
        type: 'number',
        parts: [{ column: sql.ref('last_activity_at'), direction }],
      },
    },
    { cursor, page, size: pageSize },
  );

/** As many as `listNotifications` has on all its pages, of counters that the database keeps. */
export async function countNotifications(
  db: Sql,
  owner: Owner,
  { withRead, withSnoozed }: NotificationFilter,
): Promise<number> {
  const counted = await db.get(
    sql<{ count: number }>`select coalesce(sum(count), 0) as count from notification_counts
      where account_id = ${owner.account_id} and user_id = ${owner.user_id} and ${isVisible(owner, 'notification_counts')}
      ${withRead ? sql`` : sql`and is_read = 0`} ${withSnoozed ? sql`` : sql`and is_snoozed = 0`}`,
  );
  return counted?.count ?? 0;
}

/** Neither read nor snoozed. */
export const countUnread = (db: Sql, owner: Owner): Promise<number> =>
  countNotifications(db, owner, { withRead: false, withSnoozed: false });

/** @throws not_found, also for somebody else's */
export async function getNotification(db: Sql, owner: Owner, id: number): Promise<NotificationRow> {
  const row = await db.get(visibleNotifications(db, owner).selectAll().where('id', '=', id));
  if (!row) throw notFound();
  return row;
}

/** What is unread of one conversation, the newest first: at most one of each type. */
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

/** Up to `limit` that are unread, in the order of their index. */
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

/** Up to `limit` of the owner's, or of those that are read. */
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

/** Takes the place of an earlier one of the same user, conversation and type. @returns both */
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

/** Sets columns of one notification and answers the row as it is now. */
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

export async function deleteNotifications(tx: Tx, ids: readonly number[]): Promise<void> {
  if (ids.length) await tx.run(tx.q.deleteFrom('notifications').where(isAnyOf(tx, 'id', ids)));
}

export type ExpiredSnooze = NotificationRow & { is_visible: number };

/** Snoozed until now or earlier, also of conversations that their user does not see any more. */
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

/** Members of the inbox who chose to be told of something, by mail or by push. */
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
  /** 1: the conversation is theirs; 0: they take part. */
  assigned: number;
}

const followers = preparedQuery(
  (_q, params: { ids: unknown; again: unknown }, db) =>
    sql<Follower>`select id as conversation_id, assignee_id as user_id, 1 as assigned from conversations
      where ${isAnyOf(db, 'id', params.ids)} and assignee_id is not null
      union all select conversation_id, user_id, 0 as assigned from conversation_participants
      where ${isAnyOf(db, 'conversation_id', params.again)}`,
);

/** Assignees and participants of these conversations, in one read: it is asked with every message. */
export async function listFollowers(db: Sql, conversationIds: readonly number[]): Promise<Follower[]> {
  const ids = listValue(db, [...new Set(conversationIds)]);
  return db.all(followers(db, { ids, again: ids }));
}

/** Those of the conversations whose contact is blocked. */
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
