/** Ways in without a password (application-api.md section 6.1): a link by mail, a new password with it, a confirmation. */
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

const minute = 60_000;

/**
 * Always the same answer, at once, whether somebody has this e-mail or not; the letter follows.
 * @throws too_many_requests for the address
 */
export async function requestReset(
  app: App,
  { email = '' }: { email?: string },
  { address }: Pick<RequestContext, 'address'>,
): Promise<{ message: string }> {
  takeTurn(app, address);
  inBackground(app, email, sendReset);
  return { message: 'If there is somebody with this e-mail, a letter with further steps is on its way.' };
}

/** As `requestReset`, for who has not confirmed yet: the invitation again. */
export async function resendConfirmation(
  app: App,
  { email = '' }: { email?: string },
  { address }: Pick<RequestContext, 'address'>,
): Promise<undefined> {
  takeTurn(app, address);
  inBackground(app, email, sendInvitation);
}

function takeTurn(app: App, address: string): void {
  const wait = app.limits.take(`reset:address:${address}`, 5, 30 * minute);
  if (wait) throw new Refusal('too_many_requests', 'Retry later', { retryAfter: wait });
}

/** Not awaited: the time that it takes would tell who exists. */
function inBackground(app: App, given: string, work: (app: App, user: UserRow) => Promise<void>): void {
  const email = toKey(given);
  if (!email || !app.mail.isOn || app.limits.take(`reset:email:${email}`, 5, 60 * minute)) return;
  findUserByEmail(app.db, email)
    .then((user) => user && work(app, user))
    .catch((err) => app.log.error({ err }, 'a letter could not be written'));
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

/** A link by which the user sets a new password; for mail and the command line. */
export const resetLink = (app: App, { id }: UserRow): Promise<string> =>
  app.db.write((tx) => insertLink(app, tx, { user_id: id, purpose: 'reset' }));

interface ResetInput {
  reset_password_token?: string;
  password?: string;
  password_confirmation?: string;
}

/** Sets the password, ends all sign-ins and confirms the user. @throws invalid for a bad link or a weak password */
export async function setPassword(app: App, input: ResetInput): Promise<UserRow> {
  const { reset_password_token: token = '', password = '', password_confirmation } = input;
  requireConfirmed(password, password_confirmation);
  const password_hash = await hashPassword(password);
  return app.db.write(async (tx) => {
    const found = await consumeToken(app, tx, token);
    // Whoever reads the mail of a new address, perhaps a mistyped one, sets no password.
    if (!found || found.new_email !== null) throw badLink();
    const { user } = found;
    await tx.run(tx.q.deleteFrom('sign_ins').where('user_id', '=', user.id));
    await updateUser(app, tx, user.id, { confirmed: 1 });
    return { ...user, confirmed: 1, ...(await replacePassword(app, tx, user.id, password_hash)) };
  });
}

/** @throws invalid */
export const resetPassword = async (
  app: App,
  input: ResetInput,
  context: Pick<RequestContext, 'header'>,
): Promise<{ data: User }> => answerSignedIn(app, await setPassword(app, input), context);

/** Confirms an invitation, or a new e-mail, which then is the user's. @throws invalid for a bad link, or an e-mail taken since */
export function confirmEmail(app: App, token: string): Promise<UserRow> {
  return app.db.write(async (tx) => {
    const found = await consumeToken(app, tx, token);
    if (!found) throw badLink();
    const { user, new_email } = found;
    if (new_email !== null && (await findUserByEmail(tx, new_email))) throw badLink();
    const changes = { confirmed: 1, email: new_email ?? user.email };
    await updateUser(app, tx, user.id, changes);
    return { ...user, ...changes };
  });
}

/** As `confirmEmail`, and signs the user in. */
export async function confirm(
  app: App,
  { confirmation_token = '' }: { confirmation_token?: string },
  context: Pick<RequestContext, 'header'>,
): Promise<{ data: User }> {
  return answerSignedIn(app, await confirmEmail(app, confirmation_token), context);
}

/** Has a shape of its own (application-api.md section 6.1). */
function badLink(): Refusal {
  const message = 'The link is not valid, or not any more. Ask for a new one.';
  return new Refusal('invalid', message, { body: { message, redirect_url: '/' } });
}
