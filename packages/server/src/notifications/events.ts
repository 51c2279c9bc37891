/** Tells a user's screens of the user's notifications (cable.md section C.4). */
import type { App } from '../app.ts';
import type { Tx } from '../db/db.ts';
import type { NotificationRow } from '../db/tables.ts';
import { emit, streamOf } from '../events/emit.ts';
import { countUnread } from './store.ts';
import { loadNotifications } from './wire.ts';

/** More are not told one by one to a user: the counts in the last event are right, and a list that is open is read anew. */
const maxEventsPerUser = 50;

function limitPerUser<Row extends Pick<NotificationRow, 'user_id'>>(rows: readonly Row[]): Row[] {
  const counts = new Map<number, number>();
  return rows.filter(({ user_id }) => {
    const count = (counts.get(user_id) ?? 0) + 1;
    counts.set(user_id, count);
    return count <= maxEventsPerUser;
  });
}

export async function emitNotifications(
  app: App,
  tx: Tx,
  event: 'notification.created' | 'notification.updated',
  rows: readonly NotificationRow[],
): Promise<void> {
  const told = limitPerUser(rows);
  const counts = await countByOwner(tx, told);
  for (const [index, notification] of (await loadNotifications(app, tx, told)).entries()) {
    const { account_id, user_id } = told[index] as NotificationRow;
    const data = {
      account_id,
      notification: { ...notification, account_id },
      ...counts.get(`${account_id} ${user_id}`),
    };
    emit(tx, event, [{ streams: [streamOf.member(account_id, user_id)], data }]);
  }
}

/** Called when the rows are gone. */
export async function emitDeletedNotifications(tx: Tx, rows: readonly NotificationRow[]): Promise<void> {
  const told = limitPerUser(rows);
  const counts = await countByOwner(tx, told);
  for (const { id, account_id, user_id } of told) {
    const data = { account_id, notification: { id }, ...counts.get(`${account_id} ${user_id}`) };
    emit(tx, 'notification.deleted', [{ streams: [streamOf.member(account_id, user_id)], data }]);
  }
}

interface Counts {
  unread_count: number;
  count: number;
}

/** By account and user; the list that both counts mean leaves out what is read or snoozed. */
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
