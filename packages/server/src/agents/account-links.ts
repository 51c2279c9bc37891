/** One-time links sent by e-mail: an invitation, the reset of a forgotten password, the confirmation of a new e-mail address. */
import type { App } from '../app.ts';
import type { Tx } from '../db/db.ts';
import type { UserRow, UserTokenRow } from '../db/tables.ts';
import { newToken, sha256 } from '../secrets.ts';
import { findUsers } from './store.ts';

const hour = 3_600_000;
/** A reset link is valid for 6 hours (application-api.md section 6.1), an invitation for two weeks. */
const linkLifetimeMs = { reset: 6 * hour, invitation: 14 * 24 * hour, email: 24 * hour };

interface NewLink {
  user_id: number;
  purpose: keyof typeof linkLifetimeMs;
  /** The address that becomes the user's, for the purpose `email`. */
  email?: string;
}

/** Inserts a token and returns the link that carries it. Only the token's hash is stored. Deletes expired tokens of all users. */
export async function insertLink(app: App, tx: Tx, { user_id, purpose, email }: NewLink): Promise<string> {
  const token = newToken();
  const now = app.now();
  const row: UserTokenRow = {
    token_hash: sha256(token),
    user_id,
    email: email ?? null,
    expires_at: now + linkLifetimeMs[purpose],
    created_at: now,
  };
  await tx.run(tx.q.deleteFrom('user_tokens').where('expires_at', '<=', now));
  await tx.insertMany('user_tokens', [row]);
  return email === undefined
    ? `${app.url()}/password?reset_password_token=${token}`
    : `${app.url()}/confirmation?confirmation_token=${token}`;
}

/**
 * The user of a valid token, and the new e-mail address that it confirms, if any. Deletes all tokens of that user.
 * @returns undefined for an unknown or expired token
 */
export async function consumeToken(
  app: App,
  tx: Tx,
  token: string,
): Promise<{ user: UserRow; new_email: string | null } | undefined> {
  const stored = await tx.get(
    tx.q
      .selectFrom('user_tokens')
      .select(['user_id', 'email'])
      .where('token_hash', '=', sha256(token))
      .where('expires_at', '>', app.now()),
  );
  const user = stored && (await findUsers(tx, [stored.user_id])).get(stored.user_id);
  if (!stored || !user) return undefined;
  await tx.run(tx.q.deleteFrom('user_tokens').where('user_id', '=', user.id));
  return { user, new_email: stored.email };
}

/** Queues an e-mail with an invitation link in `tx`; it is sent after the commit. Does nothing when mail is off. */
export async function invite(
  app: App,
  tx: Tx,
  { user, inviter, account }: { user: UserRow; inviter: string; account: string },
): Promise<void> {
  if (!app.mail.isOn) return;
  const link = await insertLink(app, tx, { user_id: user.id, purpose: 'invitation' });
  await app.mail.send(tx, {
    to: user.email,
    subject: `${inviter} invited you to ${account}`,
    text:
      `Hi ${user.name},\n\n${inviter} would like you to help customers of ${account}. ` +
      `Choose a password and you are in:\n\n${link}\n\nThe link works once, for two weeks. See you inside!\n`,
  });
}
