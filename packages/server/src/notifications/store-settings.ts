/** SQL of the notification settings of users. */
import type { Sql, Tx } from '../db/db.ts';
import type { NotificationSettingsRow } from '../db/tables.ts';
import { initialFlags } from './rules.ts';
import type { Owner } from './store.ts';

/** The settings of the user in the account; the initial ones while none are stored. */
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
