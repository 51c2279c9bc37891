/** Verbs of users on their own notifications and settings (application-api.md section 6.14). */
import type { agentNotifications, Input, Output } from '@hoory/contract';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import type { Tx } from '../db/db.ts';
import type { NotificationRow } from '../db/tables.ts';
import type { DomainEvent } from '../events/domain-events.ts';
import type { Routes } from '../http/routes.ts';
import { emitDeletedNotifications, emitNotifications, limitPerUser } from './events.ts';
import { knownFlags } from './rules.ts';
import {
  countNotifications,
  countUnread,
  deleteNotifications,
  getNotification,
  listDeletable,
  listExpiredSnoozes,
  listNotifications,
  listUnread,
  listUnreadOfConversations,
  type Owner,
  updateNotification,
  updateReadAt,
} from './store.ts';
import { findSettings, writeSettings } from './store-settings.ts';
import { subscribe, unsubscribe } from './subscriptions.ts';
import { loadNotifications, toSettings, toStoredNotification } from './wire.ts';

type Endpoints = typeof agentNotifications;

export const notificationRoutes: Routes<Endpoints> = {
  createNotificationSubscription: subscribe,
  deleteNotificationSubscription: unsubscribe,
  agentListNotifications: list,
  agentCountUnreadNotifications: async (app, caller) => countUnread(app.db, ownerOf(caller)),
  agentReadAllNotifications: readAll,
  agentDestroyAllNotifications: deleteAll,
  agentReadNotification: async (app, caller, { id }) =>
    changeNotification(app, caller, id, () => ({ read_at: app.now(), snoozed_until: null })),
  agentUnreadNotification: async (app, caller, { id }) =>
    changeNotification(app, caller, id, () => ({ read_at: null })),
  agentSnoozeNotification: snooze,
  agentDeleteNotification: deleteOne,
  agentGetNotificationSettings: async (app, caller) =>
    toSettings(await findSettings(app.db, ownerOf(caller))),
  agentUpdateNotificationSettings: updateSettings,
};

const ownerOf = ({ account, user }: AgentCaller): Owner => ({ account_id: account.id, user_id: user.id });

/** A page of notifications by last activity, with the counts of all. */
async function list(
  app: App,
  caller: AgentCaller,
  { cursor, page = 1, sort_order = 'desc', includes = [] }: Input<Endpoints['agentListNotifications']>,
): Promise<Output<Endpoints['agentListNotifications']>> {
  const owner = ownerOf(caller);
  const withRead = includes.includes('read');
  const filter = { withRead, withSnoozed: includes.includes('snoozed') };
  const { rows, next_cursor } = await listNotifications(app.db, owner, {
    ...filter,
    direction: sort_order,
    cursor,
    page,
  });
  const count = await countNotifications(app.db, owner, filter);
  const unread_count = withRead
    ? await countNotifications(app.db, owner, { ...filter, withRead: false })
    : count;
  return {
    data: {
      meta: { unread_count, count, current_page: Math.max(page, 1), next_cursor },
      payload: await loadNotifications(app, app.db, rows),
    },
  };
}

/** Marks all notifications as read, or those of one conversation, by its database id. */
async function readAll(
  app: App,
  caller: AgentCaller,
  { primary_actor_type, primary_actor_id }: Input<Endpoints['agentReadAllNotifications']>,
): Promise<void> {
  const owner = ownerOf(caller);
  if (primary_actor_type === 'Conversation' && primary_actor_id != null)
    return app.db.write(async (tx) =>
      markRead(
        app,
        tx,
        await listUnreadOfConversations(tx, [{ ...owner, conversation_id: primary_actor_id }]),
      ),
    );
  await changeInBatches(app, {
    find: (tx, limit) => listUnread(tx, owner, limit),
    change: (tx, rows) => setRead(app, tx, rows),
    emit: (tx, rows) => emitNotifications(app, tx, 'notification.updated', limitPerUser(rows)),
  });
}

/** Marks the notifications of conversations as read when their user has seen them. */
export async function markConversationsRead(
  app: App,
  tx: Tx,
  events: readonly DomainEvent<'conversation_seen'>[],
): Promise<void> {
  const seen = events.map(({ conversation_id, detail: { user_id } }) => ({ conversation_id, user_id }));
  if (seen.length) await markRead(app, tx, await listUnreadOfConversations(tx, seen));
}

async function markRead(app: App, tx: Tx, rows: readonly NotificationRow[]): Promise<void> {
  await emitNotifications(app, tx, 'notification.updated', await setRead(app, tx, rows));
}

/** Marks notifications as read without events. @returns the rows after it */
async function setRead(app: App, tx: Tx, rows: readonly NotificationRow[]): Promise<NotificationRow[]> {
  const read_at = app.now();
  const changed = rows.map((row) => ({ ...row, read_at, updated_at: read_at }));
  await updateReadAt(tx, changed);
  return changed;
}

/** Notifications that one transaction changes: a user may have very many, and a transaction blocks other writes. */
const batchSize = 200;

interface BatchChange {
  /** At most `limit` notifications that are not changed yet. */
  find(tx: Tx, limit: number): Promise<NotificationRow[]>;
  change(tx: Tx, rows: readonly NotificationRow[]): Promise<readonly NotificationRow[]>;
  /** Called for the last batch only: the counts in its events are right, and clients then fetch the list. */
  emit(tx: Tx, rows: readonly NotificationRow[]): Promise<void>;
}

/** Changes notifications in transactions of `batchSize`, until `find` returns no more. */
async function changeInBatches(app: App, { find, change, emit }: BatchChange): Promise<void> {
  for (let isDone = false; !isDone; )
    await app.db.write(async (tx) => {
      const rows = await find(tx, batchSize + 1);
      isDone = rows.length <= batchSize;
      const changed = await change(tx, rows.slice(0, batchSize));
      if (isDone) await emit(tx, changed);
    });
}

/** Deletes all notifications of the caller, or only those that are read. */
async function deleteAll(
  app: App,
  caller: AgentCaller,
  { type = 'all' }: Input<Endpoints['agentDestroyAllNotifications']>,
): Promise<void> {
  const owner = ownerOf(caller);
  await changeInBatches(app, {
    find: (tx, limit) => listDeletable(tx, owner, { type, limit }),
    change: async (tx, rows) => {
      await deleteNotifications(
        tx,
        rows.map(({ id }) => id),
      );
      return rows;
    },
    emit: (tx, rows) => emitDeletedNotifications(tx, limitPerUser(rows)),
  });
}

async function deleteOne(app: App, caller: AgentCaller, { id }: { id: number }): Promise<void> {
  await app.db.write(async (tx) => deleteAndEmit(tx, [await getNotification(tx, ownerOf(caller), id)]));
}

async function deleteAndEmit(tx: Tx, rows: readonly NotificationRow[]): Promise<void> {
  await deleteNotifications(
    tx,
    rows.map(({ id }) => id),
  );
  await emitDeletedNotifications(tx, rows);
}

/** Hides the notification from the usual list until `snoozed_until`, unix seconds. @throws not_found */
async function snooze(
  app: App,
  caller: AgentCaller,
  { id, snoozed_until }: Input<Endpoints['agentSnoozeNotification']>,
): Promise<Output<Endpoints['agentSnoozeNotification']>> {
  return changeNotification(app, caller, id, () => ({ snoozed_until: snoozed_until * 1000 }));
}

/** Sets columns of one notification of the caller and emits `notification.updated`. @throws not_found */
async function changeNotification(
  app: App,
  caller: AgentCaller,
  id: number,
  decide: () => Partial<NotificationRow>,
): Promise<Output<Endpoints['agentReadNotification']>> {
  return app.db.write(async (tx) => {
    const row = await updateNotification(app, tx, await getNotification(tx, ownerOf(caller), id), decide());
    await emitNotifications(app, tx, 'notification.updated', [row]);
    return toStoredNotification(row);
  });
}

/** Notifications of one run; the others follow in the next. */
const unsnoozeBatchSize = 100;

/** Makes notifications whose snooze has ended unread and the newest of the list. Several nodes may run it at once. */
export async function unsnoozeNotifications(app: App): Promise<void> {
  if (!(await listExpiredSnoozes(app.db, app.now(), 1)).length) return;
  await app.db.write(async (tx) => {
    const now = app.now();
    const visible: NotificationRow[] = [];
    for (const { is_visible, ...row } of await listExpiredSnoozes(tx, now, unsnoozeBatchSize)) {
      const meta = JSON.stringify({
        ...JSON.parse(row.meta),
        last_snoozed_at: new Date(row.snoozed_until ?? now),
      });
      const next = { snoozed_until: null, read_at: null, last_activity_at: now, meta };
      const updated = await updateNotification(app, tx, row, next);
      if (is_visible) visible.push(updated);
    }
    await emitNotifications(app, tx, 'notification.updated', limitPerUser(visible));
  });
}

/** Replaces the chosen flags of the channels that the input has; unknown flags are ignored. */
async function updateSettings(
  app: App,
  caller: AgentCaller,
  { selected_email_flags, selected_push_flags }: Input<Endpoints['agentUpdateNotificationSettings']>,
): Promise<Output<Endpoints['agentUpdateNotificationSettings']>> {
  return app.db.write(async (tx) => {
    const before = await findSettings(tx, ownerOf(caller));
    const row = {
      ...before,
      ...(selected_email_flags && {
        email_flags: JSON.stringify(knownFlags('email', selected_email_flags)),
      }),
      ...(selected_push_flags && { push_flags: JSON.stringify(knownFlags('push', selected_push_flags)) }),
    };
    await writeSettings(tx, row);
    return toSettings(row);
  });
}
