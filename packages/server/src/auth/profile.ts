/** Verbs that change the own profile, including e-mail and password (application-api.md section 6.2). */
import type { Input, profilePassword, User } from '@hoory/contract';
import { insertLink } from '../agents/account-links.ts';
import { showProfile } from '../agents/profile.ts';
import { requireStrong } from '../agents/rules.ts';
import { findUserByEmail, updateUser } from '../agents/store.ts';
import type { App } from '../app.ts';
import type { UserCaller } from '../caller.ts';
import type { Tx } from '../db/db.ts';
import type { UserRow } from '../db/tables.ts';
import { invalid, Refusal, unprocessable } from '../errors.ts';
import { emitAccessChanges } from '../events/access.ts';
import { deletePicture, readPicture, storePicture } from '../files/blobs.ts';
import { readBase, toFreeForm } from '../free-form.ts';
import type { RequestContext, Routes } from '../http/routes.ts';
import { newToken } from '../secrets.ts';
import { toKey } from '../text.ts';
import { hashPassword, isPassword } from './password.ts';
import { keepNewestSignIn } from './sign-ins.ts';

type ProfileInput = Input<(typeof profilePassword)['updateProfile']>;

export const profilePasswordRoutes: Routes<typeof profilePassword> = { updateProfile, deleteAvatar };

/**
 * Changes the fields that the input names. A new e-mail address takes effect when its link is opened or, without mail, at once.
 * @throws invalid 422 by field, unprocessable 422 for a wrong current password, too_many_requests 429 for changes of the e-mail
 */
async function updateProfile(
  app: App,
  { user }: UserCaller,
  input: ProfileInput,
  { uploads }: RequestContext,
): Promise<User> {
  const changes = columnsOf(user, input);
  const email = await newEmailOf(app, user, input);
  const password_hash = await newHashOf(user, input);
  const picture = await readPicture(app, uploads);
  const changed = await app.db.write(async (tx) => {
    if (picture) changes.avatar_url = await storePicture(app, tx, pictureOf(user), picture);
    if (email !== undefined && app.mail.isOn) await askToConfirm(app, tx, user, email);
    else if (email !== undefined) changes.email = email;
    if (Object.keys(changes).length) await updateUser(app, tx, user.id, changes);
    const secrets = password_hash ? await replacePassword(app, tx, user.id, password_hash) : {};
    return { ...user, ...changes, ...secrets };
  });
  return showProfile(app, { user: changed });
}

const pictureOf = ({ id }: UserRow) => ({ account_id: null, owner: `user:${id}` });

async function deleteAvatar(app: App, { user }: UserCaller): Promise<User> {
  await app.db.write(async (tx) => {
    await deletePicture(app, tx, pictureOf(user).owner);
    await updateUser(app, tx, user.id, { avatar_url: null });
  });
  return showProfile(app, { user: { ...user, avatar_url: null } });
}

/** Stores a new password hash, ends all sign-ins but the newest, and replaces the pubsub token, which closes the user's sockets. */
export async function replacePassword(
  app: App,
  tx: Tx,
  user_id: number,
  password_hash: string,
): Promise<Partial<UserRow>> {
  const secrets = { password_hash, pubsub_token: newToken() };
  await updateUser(app, tx, user_id, secrets);
  await keepNewestSignIn(tx, user_id);
  emitAccessChanges(tx, [{ user_id }]);
  return secrets;
}

function columnsOf(user: UserRow, input: ProfileInput): Partial<UserRow> {
  const { name, display_name, message_signature, ui_settings, phone_number } = input;
  return {
    ...(name !== undefined && { name: name.trim() }),
    ...(display_name !== undefined && { display_name: display_name?.trim() || null }),
    ...(message_signature !== undefined && { message_signature: message_signature || null }),
    ...(ui_settings !== undefined && { ui_settings: toFreeForm('ui_settings', ui_settings) }),
    ...(phone_number !== undefined && {
      custom_attributes: withPhoneNumber(user.custom_attributes, phone_number?.trim()),
    }),
  };
}

/** The phone number is stored as a custom attribute; a blank one is removed. */
function withPhoneNumber(stored: string, phone_number: string | undefined): string {
  const { phone_number: _old, ...others } = readBase(stored);
  return toFreeForm('phone_number', { ...others, ...(phone_number && { phone_number }) });
}

/**
 * The new e-mail address; undefined without a change. Requires the current password when it is given, and always when mail is off,
 * because then no link can confirm the address.
 * @throws invalid 422 for an address that another user has, unprocessable 422 for a wrong password, too_many_requests 429
 */
async function newEmailOf(app: App, user: UserRow, input: ProfileInput): Promise<string | undefined> {
  const email = toKey(input.email ?? '');
  if (!email || email === user.email) return undefined;
  if (!app.mail.isOn || input.current_password !== undefined)
    await requirePassword(user, input.current_password ?? '');
  const wait = await app.limits.takeStrictly(`email:${user.id}`, 5, 3_600_000);
  if (wait) throw new Refusal('too_many_requests', 'Retry later', { retryAfter: wait });
  if (await findUserByEmail(app.db, email)) throw invalid('email', 'Email has already been taken');
  return email;
}

/** Sends a link to the new address and a notice to the old one, so that a hijacked session cannot change it unnoticed. */
async function askToConfirm(app: App, tx: Tx, user: UserRow, email: string): Promise<void> {
  const link = await insertLink(app, tx, { user_id: user.id, purpose: 'email', email });
  await app.mail.send(tx, {
    to: email,
    subject: 'Confirm your new e-mail',
    text: `Hi ${user.name},\n\nconfirm that this is your new e-mail:\n\n${link}\n\nThe link works once, for a day. If it was not you, do nothing.\n`,
  });
  await app.mail.send(tx, {
    to: user.email,
    subject: 'Your e-mail is about to change',
    text: `Hi ${user.name},\n\n${email} becomes your e-mail here as soon as it is confirmed. If it was not you, choose a new password.\n`,
  });
}

async function requirePassword({ password_hash }: UserRow, given: string): Promise<void> {
  if (password_hash !== null && !(await isPassword(password_hash, given)))
    throw unprocessable('Your current password is wrong');
}

/** Hashed before the transaction: argon2 is slow by design, and the transaction would block other writes. */
async function newHashOf(user: UserRow, input: ProfileInput): Promise<string | undefined> {
  const { password, password_confirmation, current_password = '' } = input;
  if (!password) return undefined;
  await requirePassword(user, current_password);
  requireConfirmed(password, password_confirmation);
  return hashPassword(password);
}

/** @throws invalid 422 on `password` for a weak one, on `password_confirmation` for one that differs */
export function requireConfirmed(password: string, password_confirmation: string | undefined): void {
  requireStrong(password);
  if (password_confirmation !== undefined && password_confirmation !== password)
    throw invalid('password_confirmation', "Password confirmation doesn't match Password");
}
