/**
 * Devices subscribed to push notifications of a user. They are only stored: this version sends no push (application-api.md section
 * 6.14).
 */
import type { agentNotifications, Input, NotificationSubscription } from '@hoory/contract';
import type { App } from '../app.ts';
import type { UserCaller } from '../caller.ts';
import { newId } from '../db/new-ids.ts';
import type { NotificationSubscriptionRow } from '../db/tables.ts';
import { invalid, unprocessable } from '../errors.ts';
import { readFreeForm, toFreeForm } from '../free-form.ts';
import { toIso } from '../time.ts';

type Endpoints = typeof agentNotifications;

/** Devices of one user. */
const maxDevices = 50;

/**
 * Stores a device of the caller, or updates it by its identifier.
 * @throws invalid 422 on `identifier` without an endpoint or device id, unprocessable 422 beyond `maxDevices`
 */
export async function subscribe(
  app: App,
  { user }: UserCaller,
  {
    subscription_type,
    subscription_attributes: attributes,
  }: Input<Endpoints['createNotificationSubscription']>,
): Promise<NotificationSubscription> {
  const identifier = subscription_type === 'fcm' ? attributes.device_id : attributes.endpoint;
  if (identifier === undefined) throw invalid('identifier', 'Subscription attributes name no device');
  const text = toFreeForm('subscription_attributes', attributes);
  return app.db.write(async (tx) => {
    const all: NotificationSubscriptionRow[] = await tx.all(
      tx.q.selectFrom('notification_subscriptions').selectAll().where('user_id', '=', user.id).orderBy('id'),
    );
    const existing = all.find((row) => row.identifier === identifier);
    if (!existing && all.length >= maxDevices) throw unprocessable(`A user may keep ${maxDevices} devices`);
    const now = app.now();
    const row: NotificationSubscriptionRow = {
      id: existing?.id ?? (await newId(tx, 'notification_subscriptions')),
      user_id: user.id,
      subscription_type,
      identifier,
      push_token: attributes.push_token ?? null,
      subscription_attributes: text,
      created_at: existing?.created_at ?? now,
      updated_at: now,
    };
    if (existing)
      await tx.updateMany(
        'notification_subscriptions',
        [row],
        ['subscription_type', 'push_token', 'subscription_attributes', 'updated_at'],
      );
    else await tx.insertMany('notification_subscriptions', [row]);
    return toSubscription(row);
  });
}

/** Deletes the caller's device with this token, if there is one. */
export async function unsubscribe(
  app: App,
  { user }: UserCaller,
  { push_token }: Input<Endpoints['deleteNotificationSubscription']>,
): Promise<undefined> {
  await app.db.run(
    app.db.q
      .deleteFrom('notification_subscriptions')
      .where('user_id', '=', user.id)
      .where('push_token', '=', push_token),
  );
}

const toSubscription = (row: NotificationSubscriptionRow): NotificationSubscription => ({
  id: row.id,
  user_id: row.user_id,
  subscription_type: row.subscription_type,
  subscription_attributes: readFreeForm(row.subscription_attributes),
  identifier: row.identifier,
  created_at: toIso(row.created_at),
  updated_at: toIso(row.updated_at),
});
