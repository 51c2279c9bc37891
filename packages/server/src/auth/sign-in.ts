/** Verbs of signing in and out (application-api.md section 6.1). */
import type { User } from '@hoory/contract';
import { showProfile } from '../agents/profile.ts';
import { findUserByEmail } from '../agents/store.ts';
import type { App } from '../app.ts';
import type { UserCaller } from '../caller.ts';
import type { UserRow } from '../db/tables.ts';
import { Refusal } from '../errors.ts';
import type { RequestContext } from '../http/routes.ts';
import { toKey } from '../text.ts';
import { toIso } from '../time.ts';
import { isPassword } from './password.ts';
import { deleteSignIn, findSignIn, insertSignIn } from './sign-ins.ts';
import type { Throttle } from './throttle.ts';

/**
 * Signs in with e-mail and password.
 * @throws unauthenticated 401 for wrong credentials or an unconfirmed user, too_many_requests 429
 */
export async function signIn(
  app: App,
  throttle: Throttle,
  { email = '', password = '' }: { email?: string; password?: string },
  context: Pick<RequestContext, 'address' | 'header'>,
): Promise<{ data: User }> {
  const client = { email: toKey(email), address: context.address };
  const user = await throttle.guard(client, async () => {
    const found = await findUserByEmail(app.db, client.email);
    return (await isPassword(found?.password_hash, password)) ? found : undefined;
  });
  if (!user) throw new Refusal('unauthenticated', 'Invalid login credentials. Please try again.');
  if (!user.confirmed)
    throw new Refusal('unauthenticated', 'You need to confirm your e-mail address before you sign in.');
  return answerSignedIn(app, user, context);
}

/** Inserts a sign-in of the user and adds its headers to the response. */
export async function answerSignedIn(
  app: App,
  user: UserRow,
  context: Pick<RequestContext, 'header'>,
): Promise<{ data: User }> {
  const { headers } = await app.db.write((tx) => insertSignIn(app, tx, user));
  for (const [name, value] of Object.entries(headers)) context.header(name, value);
  return { data: await showProfile(app, { user }) };
}

/** The profile of the caller, with which clients check that their sign-in is still valid. */
export async function validateToken(
  app: App,
  { user }: UserCaller,
): Promise<{ payload: { success: true; data: User & { created_at: string } } }> {
  const data = await showProfile(app, { user });
  return { payload: { success: true, data: { ...data, created_at: toIso(user.created_at) } } };
}

/** Deletes the sign-in that the request headers name. @throws not_found 404 when they name none */
export async function signOut(
  app: App,
  { headers }: Pick<RequestContext, 'headers'>,
): Promise<{ success: true }> {
  const found = await findSignIn(app, headers);
  if (!found || !(await deleteSignIn(app.db, found.id)))
    throw new Refusal('not_found', 'User was not found or was not logged in.');
  return { success: true };
}
