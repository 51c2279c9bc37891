/** Devices that want notifications of a user, kept until push exists: clients subscribe at start (application-api.md section 6.14). */
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

/** @throws invalid without a name of the device, unprocessable for one device too many */
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
    const known = all.find((row) => row.identifier === identifier);
    if (!known && all.length >= maxDevices) throw unprocessable(`A user may keep ${maxDevices} devices`);
    const now = app.now();
    const row: NotificationSubscriptionRow = {
      id: known?.id ?? (await newId(tx, 'notification_subscriptions')),
      user_id: user.id,
      subscription_type,
      identifier,
      push_token: attributes.push_token ?? null,
      subscription_attributes: text,
      created_at: known?.created_at ?? now,
      updated_at: now,
    };
    if (known)
      await tx.updateMany(
        'notification_subscriptions',
        [row],
        ['subscription_type', 'push_token', 'subscription_attributes', 'updated_at'],
      );
    else await tx.insertMany('notification_subscriptions', [row]);
    return toSubscription(row);
  });
}

/** Does nothing for a token that no device of the caller has. */
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
