/** All SQL of notifications and their settings; the only writer of their tables. */
import { type RawBuilder, sql } from 'kysely';
import type { App } from '../app.ts';
import type { Sql, Tx } from '../db/db.ts';
import { isAnyOf, listFor } from '../db/dialect.ts';
import { type Asked, type Page, readPage } from '../db/keyset.ts';
import { statement } from '../db/statement.ts';
import type { NotificationRow, NotificationSettingsRow } from '../db/tables.ts';
import { notFound } from '../errors.ts';
import { initialFlags } from './rules.ts';

/** One user in one account: nobody reads another's notifications. */
export interface Owner {
  account_id: number;
  user_id: number;
}

const own = (db: Sql, { account_id, user_id }: Owner) =>
  db.q.selectFrom('notifications').where('account_id', '=', account_id).where('user_id', '=', user_id);

interface Seer {
  user: RawBuilder<unknown>;
  account: RawBuilder<unknown>;
}

/** Whether a user of an account sees a conversation as it stands now (application-api.md section 3). */
const sees = ({ user, account }: Seer, conversation: RawBuilder<unknown>) =>
  sql<boolean>`(
    exists (select 1 from account_users seer
      where seer.account_id = ${account} and seer.user_id = ${user} and seer.role = 'administrator')
    or exists (select 1 from conversations seen where seen.id = ${conversation} and (
      seen.inbox_id in (select mate.inbox_id from inbox_members mate where mate.user_id = ${user})
      or seen.team_id in (select mate.team_id from team_members mate where mate.user_id = ${user}))))`;

/**
 * The owner's notifications of conversations that they see: a notification says what is in its conversation. Who they are
 * is said in numbers, so that databases find out once what they see, not for each row.
 */
const isVisible = ({ account_id, user_id }: Owner) =>
  sees({ user: sql`${user_id}`, account: sql`${account_id}` }, sql.ref('notifications.conversation_id'));

const visible = (db: Sql, owner: Owner) => own(db, owner).where(isVisible(owner));

/** Those of `ids` who see the conversation. */
export async function seersOf(
  db: Sql,
  { account_id, conversation_id }: Pick<NotificationRow, 'account_id' | 'conversation_id'>,
  ids: readonly number[],
): Promise<Set<number>> {
  const member = sql.ref('account_users.user_id');
  const rows = await db.all(
    db.q
      .selectFrom('account_users')
      .select('user_id')
      .where('account_id', '=', account_id)
      .where(isAnyOf(db, 'user_id', ids))
      .where(sees({ user: member, account: sql`${account_id}` }, sql`${conversation_id}`)),
  );
  return new Set(rows.map(({ user_id }) => user_id));
}

export interface Wanted {
  withRead: boolean;
  withSnoozed: boolean;
}

const pageSize = 15;

const wantedOf = (owner: Owner, { withRead, withSnoozed }: Wanted) =>
  sql<boolean>`account_id = ${owner.account_id} and user_id = ${owner.user_id} and ${isVisible(owner)}
    ${withRead ? sql`` : sql`and read_at is null`} ${withSnoozed ? sql`` : sql`and snoozed_until is null`}`;

/** A page by last activity. @throws invalid for a cursor that this list in this order has not given */
export const listRows = (
  db: Sql,
  owner: Owner,
  { direction, cursor, page, ...wanted }: Wanted & Asked & { direction: 'asc' | 'desc' },
): Promise<Page<NotificationRow>> =>
  readPage(
    db,
    {
      select: sql`notifications.*`,
      from: sql`notifications`,
      id: sql`id`,
      where: wantedOf(owner, wanted),
      order: {
        name: `notifications ${direction}`,
        type: 'number',
        parts: [{ column: sql.ref('last_activity_at'), direction }],
      },
    },
    { cursor, page, size: pageSize },
  );

export async function countRows(db: Sql, owner: Owner, wanted: Wanted): Promise<number> {
  const counted = await db.get(
    sql<{ count: number }>`select count(*) as count from notifications where ${wantedOf(owner, wanted)}`,
  );
  return counted?.count ?? 0;
}

/** Neither read nor snoozed. */
export const countUnread = (db: Sql, owner: Owner): Promise<number> =>
  countRows(db, owner, { withRead: false, withSnoozed: false });

/** @throws not_found, also for somebody else's */
export async function getRow(db: Sql, owner: Owner, id: number): Promise<NotificationRow> {
  const row = await db.get(visible(db, owner).selectAll().where('id', '=', id));
  if (!row) throw notFound();
  return row;
}

/** The newest that are unread, of one conversation or of all. */
export function unreadRows(db: Sql, owner: Owner, conversation_id?: number): Promise<NotificationRow[]> {
  const query = visible(db, owner).selectAll().where('read_at', 'is', null);
  return db.all(
    (conversation_id === undefined ? query : query.where('conversation_id', '=', conversation_id))
      .orderBy('last_activity_at', 'desc')
      .orderBy('id', 'desc'),
  );
}

/** All of the owner, or those that are read. */
export function rowsToDestroy(db: Sql, owner: Owner, type: 'read' | 'all'): Promise<NotificationRow[]> {
  const query = own(db, owner).selectAll();
  return db.all((type === 'read' ? query.where('read_at', 'is not', null) : query).orderBy('id'));
}

export const rowsOfConversation = (db: Sql, conversation_id: number): Promise<NotificationRow[]> =>
  db.all(
    db.q.selectFrom('notifications').selectAll().where('conversation_id', '=', conversation_id).orderBy('id'),
  );

export type NewNotification = Pick<
  NotificationRow,
  | 'account_id'
  | 'user_id'
  | 'notification_type'
  | 'conversation_id'
  | 'secondary_actor_type'
  | 'secondary_actor_id'
>;

/** Takes the place of an earlier one of the same user, conversation and type. @returns both */
export async function replaceRow(
  app: App,
  tx: Tx,
  given: NewNotification,
): Promise<{ row: NotificationRow; replaced: NotificationRow | undefined }> {
  const replaced: NotificationRow | undefined = await tx.get(
    own(tx, given)
      .selectAll()
      .where('conversation_id', '=', given.conversation_id)
      .where('notification_type', '=', given.notification_type),
  );
  if (replaced) await deleteRows(tx, [replaced.id]);
  const now = app.now();
  const [id] = (await tx.nextIds('notifications', 1)) as [number];
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
export async function updateRow(
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

export async function deleteRows(tx: Tx, ids: readonly number[]): Promise<void> {
  if (ids.length) await tx.run(tx.q.deleteFrom('notifications').where(isAnyOf(tx, 'id', ids)));
}

/** Snoozed until now or earlier. */
export const dueRows = (db: Sql, now: number, limit: number): Promise<NotificationRow[]> =>
  db.all(
    db.q
      .selectFrom('notifications')
      .selectAll()
      .where('snoozed_until', '<=', now)
      .where(
        sees(
          { user: sql.ref('notifications.user_id'), account: sql.ref('notifications.account_id') },
          sql.ref('notifications.conversation_id'),
        ),
      )
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
export async function whoChose(
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
      [...(JSON.parse(email_flags) as string[]), ...(JSON.parse(push_flags) as string[])].some((flag) =>
        flag.endsWith(`_${type}`),
      ),
    )
    .map(({ user_id }) => user_id);
}

export interface Follower {
  conversation_id: number;
  user_id: number;
  /** 1: the conversation is theirs; 0: they take part. */
  assigned: number;
}

const followers = statement(
  (_q, place: { ids: unknown; again: unknown }, db) =>
    sql<Follower>`select id as conversation_id, assignee_id as user_id, 1 as assigned from conversations
      where ${isAnyOf(db, 'id', place.ids)} and assignee_id is not null
      union all select conversation_id, user_id, 0 as assigned from conversation_participants
      where ${isAnyOf(db, 'conversation_id', place.again)}`,
);

/** Assignees and participants of these conversations, in one read: it is asked with every message. */
export async function followersOf(db: Sql, conversationIds: readonly number[]): Promise<Follower[]> {
  const ids = listFor(db, [...new Set(conversationIds)]);
  return db.all(followers(db, { ids, again: ids }));
}

/** Those of the conversations whose contact is blocked. */
export async function mutedAmong(db: Sql, ids: readonly number[]): Promise<Set<number>> {
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
