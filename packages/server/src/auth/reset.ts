/**
 * Verbs for users without a password or a confirmed address: reset link, new password, confirmation (application-api.md section
 * 6.1).
 */
import type { User } from '@hoory/contract';
import { consumeToken, insertLink, invite } from '../agents/account-links.ts';
import { findUserByEmail, listMemberships, updateUser } from '../agents/store.ts';
import type { App } from '../app.ts';
import type { UserRow } from '../db/tables.ts';
import { Refusal } from '../errors.ts';
import type { RequestContext } from '../http/routes.ts';
import { toKey } from '../text.ts';
import { hashPassword } from './password.ts';
import { replacePassword, requireConfirmed } from './profile.ts';
import { answerSignedIn } from './sign-in.ts';
import { deleteSignIns } from './sign-ins.ts';

const minuteMs = 60_000;

/**
 * Sends a reset link to the user with this e-mail address. The answer is the same, and as fast, when there is no such user.
 * @throws too_many_requests 429 after 5 requests of an IP address in 30 minutes
 */
export async function requestReset(
  app: App,
  { email = '' }: { email?: string },
  { address }: Pick<RequestContext, 'address'>,
): Promise<{ message: string }> {
  await limitRequests(app, address);
  inBackground(app, email, sendReset);
  return { message: 'If a user has this e-mail address, an e-mail with a link is sent to it.' };
}

/** Like `requestReset`, but sends the invitation again, to a user who has not confirmed the address. */
export async function resendConfirmation(
  app: App,
  { email = '' }: { email?: string },
  { address }: Pick<RequestContext, 'address'>,
): Promise<undefined> {
  await limitRequests(app, address);
  inBackground(app, email, sendInvitation);
}

async function limitRequests(app: App, address: string): Promise<void> {
  const wait = await app.limits.takeStrictly(`reset:address:${address}`, 5, 30 * minuteMs);
  if (wait) throw new Refusal('too_many_requests', 'Retry later', { retryAfter: wait });
}

/**
 * Finds the user and sends the e-mail after the response: its duration would reveal who has a user. At most 5 an hour and address.
 */
function inBackground(app: App, given: string, send: (app: App, user: UserRow) => Promise<void>): void {
  const email = toKey(given);
  if (!email || !app.mail.isOn) return;
  const sendOnce = async () => {
    if (await app.limits.takeStrictly(`reset:email:${email}`, 5, 60 * minuteMs)) return;
    const user = await findUserByEmail(app.db, email);
    if (user) await send(app, user);
  };
  sendOnce().catch((err) => app.log.error({ err }, 'the e-mail could not be queued'));
}

async function sendReset(app: App, user: UserRow): Promise<void> {
  await app.db.write(async (tx) => {
    const link = await insertLink(app, tx, { user_id: user.id, purpose: 'reset' });
    await app.mail.send(tx, {
      to: user.email,
      subject: 'A new password',
      text:
        `Hi ${user.name},\n\nyou, or somebody who knows your e-mail, asked for a new password. Choose one here:\n\n${link}\n\n` +
        'The link works once, for six hours. If it was not you, do nothing: your password stays as it is.\n',
    });
  });
}

async function sendInvitation(app: App, user: UserRow): Promise<void> {
  if (user.confirmed) return;
  const [account] = await listMemberships(app.db, user.id);
  if (!account) return;
  await app.db.write((tx) => invite(app, tx, { user, inviter: account.name, account: account.name }));
}

/** A link with which the user sets a new password, for the command line. */
export const resetLink = (app: App, { id }: UserRow): Promise<string> =>
  app.db.write((tx) => insertLink(app, tx, { user_id: id, purpose: 'reset' }));

interface ResetInput {
  reset_password_token?: string;
  password?: string;
  password_confirmation?: string;
}

/** Sets the password, ends all sign-ins and confirms the user. @throws invalid 422 for an invalid link or a weak password */
export async function setPassword(app: App, input: ResetInput): Promise<UserRow> {
  const { reset_password_token: token = '', password = '', password_confirmation } = input;
  requireConfirmed(password, password_confirmation);
  const password_hash = await hashPassword(password);
  return app.db.write(async (tx) => {
    const proof = await consumeToken(app, tx, token);
    // A link that confirms a new address sets no password: the address may be mistyped and belong to a stranger.
    if (!proof || proof.new_email !== null) throw invalidLink();
    const { user } = proof;
    await deleteSignIns(tx, user.id);
    await updateUser(app, tx, user.id, { confirmed: 1 });
    return { ...user, confirmed: 1, ...(await replacePassword(app, tx, user.id, password_hash)) };
  });
}

/** Like `setPassword`, and signs the user in. @throws invalid 422 */
export const resetPassword = async (
  app: App,
  input: ResetInput,
  context: Pick<RequestContext, 'header'>,
): Promise<{ data: User }> => answerSignedIn(app, await setPassword(app, input), context);

/**
 * Confirms the user, and replaces the e-mail address by the new one that the link confirms, if any.
 * @throws invalid 422 for an invalid link, and for an address that another user has taken since
 */
export function confirmEmail(app: App, token: string): Promise<UserRow> {
  return app.db.write(async (tx) => {
    const proof = await consumeToken(app, tx, token);
    if (!proof) throw invalidLink();
    const { user, new_email } = proof;
    if (new_email !== null && (await findUserByEmail(tx, new_email))) throw invalidLink();
    const changes = { confirmed: 1, email: new_email ?? user.email };
    await updateUser(app, tx, user.id, changes);
    return { ...user, ...changes };
  });
}

/** Like `confirmEmail`, and signs the user in. */
export async function confirm(
  app: App,
  { confirmation_token = '' }: { confirmation_token?: string },
  context: Pick<RequestContext, 'header'>,
): Promise<{ data: User }> {
  return answerSignedIn(app, await confirmEmail(app, confirmation_token), context);
}

/** Its body has a shape of its own (application-api.md section 6.1). */
function invalidLink(): Refusal {
  const message = 'The link is invalid or has expired. Ask for a new one.';
  return new Refusal('invalid', message, { body: { message, redirect_url: '/' } });
}
