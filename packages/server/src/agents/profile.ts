/** Verbs of the signed-in user's own profile (application-api.md section 6.2). */
import type { User } from '@hoory/contract';
import type { App } from '../app.ts';
import type { UserCaller } from '../caller.ts';
import type { UserRow } from '../db/tables.ts';
import { tellAccess } from '../events/access.ts';
import { newToken } from '../secrets.ts';
import { readOnline } from './presence.ts';
import { listMemberships, updateUser } from './store.ts';
import { toUser } from './wire.ts';

export async function showProfile(app: App, { user }: { user: UserRow }): Promise<User> {
  const memberships = await listMemberships(app.db, user.id);
  return toUser(user, memberships, await readOnline(app, accountsOf(memberships)));
}

/** Replaces the access token and the pubsub token; sockets on the old one are closed (design.md section 8). */
export async function resetAccessToken(app: App, { user }: UserCaller): Promise<User> {
  const tokens = { access_token: newToken(), pubsub_token: newToken() };
  const memberships = await listMemberships(app.db, user.id);
  const online = await readOnline(app, accountsOf(memberships));
  return app.db.write(async (tx) => {
    await updateUser(app, tx, user.id, tokens);
    tellAccess(tx, [{ user_id: user.id }]);
    return toUser({ ...user, ...tokens }, memberships, online);
  });
}

const accountsOf = (memberships: { account_id: number }[]) => memberships.map(({ account_id }) => account_id);
