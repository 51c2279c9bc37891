/** Emits events about notifications to their user (cable.md section C.4). */
import type { App } from '../app.ts';
import type { Tx } from '../db/db.ts';
import type { NotificationRow } from '../db/tables.ts';
import { emit, streamOf } from '../events/emit.ts';
import { countUnread } from './store.ts';
import { loadNotifications } from './wire.ts';

/**
 * Of one transaction. Further notifications have no event: the counts in the last event are right, and clients then fetch the list.
 */
const maxEventsPerUser = 50;

function limitPerUser<Row extends Pick<NotificationRow, 'user_id'>>(rows: readonly Row[]): Row[] {
  const counts = new Map<number, number>();
  return rows.filter(({ user_id }) => {
    const count = (counts.get(user_id) ?? 0) + 1;
    counts.set(user_id, count);
    return count <= maxEventsPerUser;
  });
}

/** Emits an event for each notification, with its user's counts. */
export async function emitNotifications(
  app: App,
  tx: Tx,
  event: 'notification.created' | 'notification.updated',
  rows: readonly NotificationRow[],
): Promise<void> {
  const limited = limitPerUser(rows);
  const countsOf = await countByOwner(tx, limited);
  const notifications = await loadNotifications(app, tx, limited);
  for (const [index, notification] of notifications.entries()) {
    const owner = limited[index];
    if (!owner) continue;
    const { account_id, user_id } = owner;
    const data = { account_id, notification: { ...notification, account_id }, ...countsOf(owner) };
    emit(tx, event, [{ streams: [streamOf.member(account_id, user_id)], data }]);
  }
}

/** Emits that notifications are deleted. Call it after their rows are deleted, so that the counts are right. */
export async function emitDeletedNotifications(tx: Tx, rows: readonly NotificationRow[]): Promise<void> {
  const limited = limitPerUser(rows);
  const countsOf = await countByOwner(tx, limited);
  for (const row of limited) {
    const { id, account_id, user_id } = row;
    const data = { account_id, notification: { id }, ...countsOf(row) };
    emit(tx, 'notification.deleted', [{ streams: [streamOf.member(account_id, user_id)], data }]);
  }
}

interface Counts {
  unread_count: number;
  count: number;
}

type Owner = Pick<NotificationRow, 'account_id' | 'user_id'>;

/** Counts of each owner of the rows. Both counts are of the usual list, without read and snoozed notifications. */
async function countByOwner(tx: Tx, rows: readonly NotificationRow[]): Promise<(owner: Owner) => Counts> {
  const keyOf = ({ account_id, user_id }: Owner) => `${account_id} ${user_id}`;
  const counts = new Map<string, number>();
  for (const owner of rows)
    if (!counts.has(keyOf(owner))) counts.set(keyOf(owner), await countUnread(tx, owner));
  return (owner) => {
    const unread_count = counts.get(keyOf(owner)) ?? 0;
    return { unread_count, count: unread_count };
  };
}
