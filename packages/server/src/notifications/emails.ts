/**
 * Notifications by e-mail, for users with the flag `email_<type>`. The caller leaves out those that replace an unread notification.
 */
import type { Notification } from '@hoory/contract';
import { findUsers } from '../agents/store.ts';
import type { App } from '../app.ts';
import type { Tx } from '../db/db.ts';
import type { NotificationRow } from '../db/tables.ts';
import { on } from '../events/listeners.ts';
import { deleteEmailsAbout, type Email } from '../mail/outbox.ts';
import { readWords } from '../stored-json.ts';
import { toEmailSubject } from './rules.ts';
import { findSettings } from './store-settings.ts';
import { loadNotifications } from './wire.ts';

/** Queues e-mails about new notifications in their transaction, so that a rollback drops both. Only confirmed addresses get any. */
export async function sendEmails(app: App, tx: Tx, rows: readonly NotificationRow[]): Promise<void> {
  if (!app.mail.isOn) return;
  const chosen: NotificationRow[] = [];
  for (const row of rows) {
    const { email_flags } = await findSettings(tx, row);
    if (readWords(email_flags).includes(`email_${row.notification_type}`)) chosen.push(row);
  }
  if (!chosen.length) return;
  const users = await findUsers(
    tx,
    chosen.map(({ user_id }) => user_id),
  );
  const notifications = await loadNotifications(app, tx, chosen);
  for (const [index, { user_id }] of chosen.entries()) {
    const user = users.get(user_id);
    const notification = notifications[index];
    if (user?.confirmed && notification) await app.mail.send(tx, toEmail(app, user, notification));
  }
}

function toEmail(app: App, user: { email: string; name: string }, notification: Notification): Email {
  const { id, meta } = notification.primary_actor;
  return {
    to: user.email,
    contact_id: meta.sender.id,
    subject: toEmailSubject(notification.notification_type, id),
    text:
      `Hi ${user.name},\n\n${notification.push_message_body}\n\n${app.url()}/app/conversations/${id}\n\n` +
      `You choose what is sent to you in your profile, under notifications.\n`,
  };
}

/** Listener: deletes unsent e-mails that quote an erased contact. */
export const deleteEmailsAboutErased = on('contact_deleted', async (tx, { detail }) => {
  await deleteEmailsAbout(tx, detail.contact_id);
});
