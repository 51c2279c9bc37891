/** Verbs of the signed-in user's own profile (application-api.md section 6.2); `auth/profile.ts` changes names and password. */
import type { User } from '@hoory/contract';
import type { App } from '../app.ts';
import type { AgentCaller, UserCaller } from '../caller.ts';
import type { AccountUserRow, UserRow } from '../db/tables.ts';
import { emitAccessChanges } from '../events/access.ts';
import { publishPresenceChange } from '../events/presence.ts';
import { newToken } from '../secrets.ts';
import { readOnline } from './presence.ts';
import { type AvailabilityInput, toAvailability } from './rules.ts';
import { getMember, listMemberships, updateMembership, updateUser } from './store.ts';
import { toUser } from './wire.ts';

/** The user with tokens and memberships, for that user only. */
export async function showProfile(app: App, { user }: { user: UserRow }): Promise<User> {
  const memberships = await listMemberships(app.db, user.id);
  return toUser(user, memberships, await readOnline(app, accountsOf(memberships)));
}

/** Replaces the access token and the pubsub token; sockets on the old one are closed (decisions.md 8). */
export async function resetAccessToken(app: App, { user }: UserCaller): Promise<User> {
  const tokens = { access_token: newToken(), pubsub_token: newToken() };
  const memberships = await listMemberships(app.db, user.id);
  const online = await readOnline(app, accountsOf(memberships));
  return app.db.write(async (tx) => {
    await updateUser(app, tx, user.id, tokens);
    emitAccessChanges(tx, [{ user_id: user.id }]);
    return toUser({ ...user, ...tokens }, memberships, online);
  });
}

/** Sets the user's availability in one account and publishes the new presence. @throws not_found */
export async function setAvailability(
  app: App,
  caller: UserCaller,
  { account_id, availability }: { account_id: number; availability: AvailabilityInput },
): Promise<User> {
  return changeMembership(app, caller, {
    account_id,
    changes: { availability: toAvailability(availability) },
  });
}

/** Sets whether the user is shown as offline while no socket is connected, and publishes the new presence. @throws not_found */
export async function setAutoOffline(
  app: App,
  caller: UserCaller,
  { account_id, auto_offline }: { account_id: number; auto_offline: boolean },
): Promise<User> {
  return changeMembership(app, caller, { account_id, changes: { auto_offline: Number(auto_offline) } });
}

/** Makes this account the user's active one, which lists show first. @throws not_found for an account that the user is not in */
export async function setActiveAccount(
  app: App,
  caller: UserCaller,
  { account_id }: { account_id: number },
): Promise<undefined> {
  await changeMembership(app, caller, { account_id, changes: { active_at: app.now() } });
}

/** Like `setActiveAccount`, for the account of the path. */
export async function updateActiveAt(app: App, { account, user }: AgentCaller): Promise<undefined> {
  const membership = { account_id: account.id, user_id: user.id };
  await app.db.write((tx) => updateMembership(tx, membership, { active_at: app.now() }));
}

async function changeMembership(
  app: App,
  { user }: UserCaller,
  { account_id, changes }: { account_id: number; changes: Partial<AccountUserRow> },
): Promise<User> {
  const online = await readOnline(app, accountsOf(await listMemberships(app.db, user.id)));
  return app.db.write(async (tx) => {
    await getMember(tx, account_id, user.id);
    await updateMembership(tx, { account_id, user_id: user.id }, changes);
    if (changes.active_at === undefined) tx.afterCommit(() => publishPresenceChange(app, account_id));
    return toUser(user, await listMemberships(tx, user.id), online);
  });
}

const accountsOf = (memberships: { account_id: number }[]) => memberships.map(({ account_id }) => account_id);
