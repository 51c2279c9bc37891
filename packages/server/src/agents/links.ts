/** Links by which users come in without a password: an invitation, or a way back for who has forgotten theirs. */
import type { App } from '../app.ts';
import type { Tx } from '../db/db.ts';
import type { UserRow, UserTokenRow } from '../db/tables.ts';
import { newToken, sha256 } from '../secrets.ts';

const hour = 3_600_000;
/** A link to a forgotten password lives 6 hours (application-api.md section 6.1), an invitation two weeks. */
const lives = { reset: 6 * hour, invitation: 14 * 24 * hour };

/** Makes a token and answers its link. @param tx the transaction in which it begins to hold */
export async function insertLink(
  app: App,
  tx: Tx,
  { user_id, purpose }: { user_id: number; purpose: keyof typeof lives },
): Promise<string> {
  const token = newToken();
  const now = app.now();
  const row: UserTokenRow = {
    token_hash: sha256(token),
    user_id,
    expires_at: now + lives[purpose],
    created_at: now,
  };
  await tx.run(tx.q.deleteFrom('user_tokens').where('expires_at', '<=', now));
  await tx.insertMany('user_tokens', [row]);
  return `${app.url()}/password?reset_password_token=${token}`;
}

/** The user of a token that still holds; it and all others of theirs are used up. */
export async function takeToken(app: App, tx: Tx, token: string): Promise<UserRow | undefined> {
  const user: UserRow | undefined = await tx.get(
    tx.q
      .selectFrom('user_tokens')
      .innerJoin('users', 'users.id', 'user_tokens.user_id')
      .selectAll('users')
      .where('token_hash', '=', sha256(token))
      .where('expires_at', '>', app.now()),
  );
  if (user) await tx.run(tx.q.deleteFrom('user_tokens').where('user_id', '=', user.id));
  return user;
}

/** Writes a new user a letter with the way in, once `tx` has committed. */
export async function invite(
  app: App,
  tx: Tx,
  { user, inviter, account }: { user: UserRow; inviter: string; account: string },
): Promise<void> {
  if (!app.mail.isOn) return;
  const link = await insertLink(app, tx, { user_id: user.id, purpose: 'invitation' });
  tx.afterCommit(() =>
    app.mail.send({
      to: user.email,
      subject: `${inviter} invited you to ${account}`,
      text:
        `Hi ${user.name},\n\n${inviter} would like you to help customers of ${account}. ` +
        `Choose a password and you are in:\n\n${link}\n\nThe link works once, for two weeks. See you inside!\n`,
    }),
  );
}
