/** Emits events about notifications to their user (cable.md section C.4). */
import type { App } from '../app.ts';
import type { Tx } from '../db/db.ts';
import type { NotificationRow } from '../db/tables.ts';
import { emit, streamOf } from '../events/emit.ts';
import { countUnread } from './store.ts';
import { loadNotifications } from './wire.ts';

/** Of one transaction. Further notifications have no event: the counts in the last event are right, and clients then fetch the list. */
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
  const counts = await countByOwner(tx, limited);
  const notifications = await loadNotifications(app, tx, limited);
  for (const [index, { account_id, user_id }] of limited.entries()) {
    const data = {
      account_id,
      notification: { ...notifications[index], account_id },
      ...counts.get(`${account_id} ${user_id}`),
    };
    emit(tx, event, [{ streams: [streamOf.member(account_id, user_id)], data }]);
  }
}

/** Emits that notifications are deleted. Call it after their rows are deleted, so that the counts are right. */
export async function emitDeletedNotifications(tx: Tx, rows: readonly NotificationRow[]): Promise<void> {
  const limited = limitPerUser(rows);
  const counts = await countByOwner(tx, limited);
  for (const { id, account_id, user_id } of limited) {
    const data = { account_id, notification: { id }, ...counts.get(`${account_id} ${user_id}`) };
    emit(tx, 'notification.deleted', [{ streams: [streamOf.member(account_id, user_id)], data }]);
  }
}

interface Counts {
  unread_count: number;
  count: number;
}

/** Counts by account and user. Both counts are of the usual list, without read and snoozed notifications. */
async function countByOwner(tx: Tx, rows: readonly NotificationRow[]): Promise<Map<string, Counts>> {
  const counts = new Map<string, Counts>();
  for (const owner of rows) {
    const key = `${owner.account_id} ${owner.user_id}`;
    if (counts.has(key)) continue;
    const unread_count = await countUnread(tx, owner);
    counts.set(key, { unread_count, count: unread_count });
  }
  return counts;
}
