/** Emits events about notifications to their user (cable.md section C.4). */
import type { Notification } from '@hoory/contract';
import type { App } from '../app.ts';
import type { Tx } from '../db/db.ts';
import type { NotificationRow } from '../db/tables.ts';
import { emit, streamOf } from '../events/emit.ts';
import { countUnread } from './store.ts';
import { loadNotifications, type SubjectRows, toNotifications } from './wire.ts';

/**
 * Of one change of many notifications. Further notifications have no event: the counts in the last event are right, and clients then fetch the list.
 */
const maxEventsPerUser = 50;

export function limitPerUser<Row extends Pick<NotificationRow, 'user_id'>>(rows: readonly Row[]): Row[] {
  const counts = new Map<number, number>();
  return rows.filter(({ user_id }) => {
    const count = (counts.get(user_id) ?? 0) + 1;
    counts.set(user_id, count);
    return count <= maxEventsPerUser;
  });
}

/** Emits an event for each notification, with its user's counts; a caller with many applies `limitPerUser`. */
export async function emitNotifications(
  app: App,
  tx: Tx,
  event: 'notification.created' | 'notification.updated',
  rows: readonly NotificationRow[],
): Promise<void> {
  const [countsOf, notifications] = await Promise.all([
    countByOwner(tx, rows),
    loadNotifications(app, tx, rows),
  ]);
  emitEach(tx, event, { rows, notifications, countsOf });
}

/** Emits that notifications are deleted, as `emitNotifications`. Call it after their rows are deleted, so that the counts are right. */
export async function emitDeletedNotifications(tx: Tx, rows: readonly NotificationRow[]): Promise<void> {
  emitDeleted(tx, rows, await countByOwner(tx, rows));
}

interface Replacement {
  deleted: readonly NotificationRow[];
  created: readonly NotificationRow[];
  /** After both. */
  countsOf: CountsOf;
  subjects: SubjectRows;
}

/** Emits what was deleted and what was created in its place. */
export function emitReplacedNotifications(
  app: App,
  tx: Tx,
  { deleted, created, countsOf, subjects }: Replacement,
): void {
  emitDeleted(tx, deleted, countsOf);
  const notifications = toNotifications(app, created, subjects);
  emitEach(tx, 'notification.created', { rows: created, notifications, countsOf });
}

interface Emitted {
  rows: readonly NotificationRow[];
  /** Notifications in the shape of the wire, in the order of `rows`. */
  notifications: readonly Notification[];
  countsOf: CountsOf;
}

function emitEach(
  tx: Tx,
  event: 'notification.created' | 'notification.updated',
  { rows, notifications, countsOf }: Emitted,
): void {
  for (const [index, notification] of notifications.entries()) {
    const owner = rows[index];
    if (!owner) continue;
    const { account_id, user_id } = owner;
    const data = { account_id, notification: { ...notification, account_id }, ...countsOf(owner) };
    emit(tx, event, [{ streams: [streamOf.member(account_id, user_id)], data }]);
  }
}

function emitDeleted(tx: Tx, rows: readonly NotificationRow[], countsOf: CountsOf): void {
  for (const row of rows) {
    const { id, account_id, user_id } = row;
    const data = { account_id, notification: { id }, ...countsOf(row) };
    emit(tx, 'notification.deleted', [{ streams: [streamOf.member(account_id, user_id)], data }]);
  }
}

type CountsOf = (owner: Owner) => Counts;

interface Counts {
  unread_count: number;
  count: number;
}

type Owner = Pick<NotificationRow, 'account_id' | 'user_id'>;

/** Counts of each owner of the rows. Both counts are of the usual list, without read and snoozed notifications. */
export async function countByOwner(tx: Tx, rows: readonly NotificationRow[]): Promise<CountsOf> {
  const keyOf = ({ account_id, user_id }: Owner) => `${account_id} ${user_id}`;
  const owners = new Map(rows.map((row) => [keyOf(row), row]));
  const counts = new Map(
    await Promise.all(
      [...owners].map(async ([key, owner]): Promise<[string, number]> => [key, await countUnread(tx, owner)]),
    ),
  );
  return (owner) => {
    const unread_count = counts.get(keyOf(owner)) ?? 0;
    return { unread_count, count: unread_count };
  };
}
