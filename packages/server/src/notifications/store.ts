/** SQL of notifications. */
import { type RawBuilder, sql } from 'kysely';
import type { App } from '../app.ts';
import type { Sql, Tx } from '../db/db.ts';
import { isAnyOf, jsonTriples, listValue } from '../db/dialect.ts';
import { type Page, type PageRequest, readPage } from '../db/keyset.ts';
import { takeIds } from '../db/new-ids.ts';
import { preparedQuery } from '../db/prepared-query.ts';
import type { NotificationRow } from '../db/tables.ts';
import { notFound } from '../errors.ts';

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

/** A user and a conversation about which the user has, or will have, notifications. */
export type Recipient = Pick<NotificationRow, 'conversation_id' | 'user_id'>;

/** A user who may see a conversation, with its inbox and team; `team_id` is 0 without team. */
type ViewerRow = Recipient & Pick<NotificationRow, 'inbox_id' | 'team_id'>;

/** Locates what `maySee` asks of the rows of these tables. */
const ofConversation = {
  viewer: { user: sql.ref('account_users.user_id'), account: sql.ref('account_users.account_id') },
  location: { inbox: sql.ref('conversations.inbox_id'), team: sql.ref('conversations.team_id') },
};

const viewers = preparedQuery((q, place: { recipients: unknown }, db) =>
  q
    .selectFrom(jsonTriples(db, place.recipients))
    .innerJoin('conversations', (on) => on.on(sql<boolean>`conversations.id = cast(triple.first as bigint)`))
    .innerJoin('account_users', (on) =>
      on
        .onRef('account_users.account_id', '=', 'conversations.account_id')
        .on(sql<boolean>`account_users.user_id = cast(triple.second as bigint)`),
    )
    .select(['account_users.user_id', 'conversations.inbox_id'])
    .select('conversations.id as conversation_id')
    .select(sql<number>`coalesce(conversations.team_id, 0)`.as('team_id'))
    .where(maySee(ofConversation.viewer, ofConversation.location)),
);

/** The recipients who belong to the account of their conversation and may see it. */
const listViewers = (db: Sql, recipients: readonly Recipient[]): Promise<ViewerRow[]> =>
  db.all<ViewerRow>(viewers(db, { recipients: toPairs(recipients) }));

const toPairs = (recipients: readonly Recipient[]): string =>
  JSON.stringify(recipients.map(({ conversation_id, user_id }) => [conversation_id, user_id, null]));

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

const unreadOfConversations = preparedQuery((q, place: { recipients: unknown }, db) =>
  q
    .selectFrom(jsonTriples(db, place.recipients))
    .innerJoin('notifications', (on) =>
      on
        .on(sql<boolean>`notifications.conversation_id = cast(triple.first as bigint)`)
        .on(sql<boolean>`notifications.user_id = cast(triple.second as bigint)`),
    )
    .selectAll('notifications')
    .where('read_at', 'is', null)
    .where(
      maySee(
        { user: sql.ref('notifications.user_id'), account: sql.ref('notifications.account_id') },
        { inbox: sql.ref('notifications.inbox_id'), team: sql.ref('notifications.team_id') },
      ),
    )
    .orderBy('triple.position')
    .orderBy('last_activity_at', 'desc')
    .orderBy('id', 'desc'),
);

/** Unread notifications by recipient, newest first: at most one of each type for each recipient. */
export const listUnreadOfConversations = (
  db: Sql,
  recipients: readonly Recipient[],
): Promise<NotificationRow[]> => db.all(unreadOfConversations(db, { recipients: toPairs(recipients) }));

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

/** A notification of a user who may or may not see the conversation. */
export type NewNotification = Pick<
  NotificationRow,
  | 'account_id'
  | 'user_id'
  | 'notification_type'
  | 'conversation_id'
  | 'secondary_actor_type'
  | 'secondary_actor_id'
>;

/** A key that at most one notification has. */
const keyOf = ({
  conversation_id,
  user_id,
  notification_type,
}: Pick<NotificationRow, 'conversation_id' | 'user_id' | 'notification_type'>) =>
  `${conversation_id} ${user_id} ${notification_type}`;

const ofRecipients = preparedQuery((q, place: { conversations: unknown; users: unknown }, db) =>
  q
    .selectFrom('notifications')
    .selectAll()
    .where(isAnyOf(db, 'conversation_id', place.conversations))
    .where(isAnyOf(db, 'user_id', place.users)),
);

/**
 * Inserts notifications of different users, conversations or types for the users who may see the conversation, and deletes the
 * previous one of each.
 * @returns the new rows in order, and the previous ones by the id of the new one
 */
export async function insertOrReplaceNotifications(
  app: App,
  tx: Tx,
  given: readonly NewNotification[],
): Promise<{ rows: NotificationRow[]; replaced: Map<number, NotificationRow> }> {
  if (!given.length) return { rows: [], replaced: new Map() };
  const idsOf = (column: 'conversation_id' | 'user_id') =>
    listValue(tx, [...new Set(given.map((one) => one[column]))]);
  const [viewerRows, found, nextId] = await Promise.all([
    listViewers(tx, given),
    tx.all<NotificationRow>(
      ofRecipients(tx, { conversations: idsOf('conversation_id'), users: idsOf('user_id') }),
    ),
    takeIds(tx, 'notifications', given.length),
  ]);
  const viewers = new Map(viewerRows.map((row) => [`${row.conversation_id} ${row.user_id}`, row]));
  const earlier = new Map(found.map((row) => [keyOf(row), row]));
  const now = app.now();
  const times = {
    read_at: null,
    snoozed_until: null,
    last_activity_at: now,
    created_at: now,
    updated_at: now,
  };
  const rows = given.flatMap((one): NotificationRow[] => {
    const viewer = viewers.get(`${one.conversation_id} ${one.user_id}`);
    if (!viewer) return [];
    const { inbox_id, team_id } = viewer;
    return [{ ...one, inbox_id, team_id, ...times, meta: '{}', id: nextId() }];
  });
  const replaced = new Map<number, NotificationRow>();
  for (const row of rows) {
    const before = earlier.get(keyOf(row));
    if (before) replaced.set(row.id, before);
  }
  tx.awaitAtCommit(
    Promise.all([
      deleteNotifications(
        tx,
        [...replaced.values()].map(({ id }) => id),
      ),
      tx.insertMany('notifications', rows),
    ]),
  );
  return { rows, replaced };
}

/** Divides notifications into lists without a repeated user, conversation and type, in their order. */
export function splitRepeated<One extends Parameters<typeof keyOf>[0]>(given: readonly One[]): One[][] {
  const lists: One[][] = [];
  let keys = new Set<string>();
  for (const one of given) {
    const key = keyOf(one);
    if (!lists.length || keys.has(key)) {
      lists.push([]);
      keys = new Set();
    }
    keys.add(key);
    lists.at(-1)?.push(one);
  }
  return lists;
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
