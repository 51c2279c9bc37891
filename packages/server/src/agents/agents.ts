/** Verbs of agents: the users of an account (application-api.md section 6.4). */
import type { Agent } from '@hoory/contract';
import { lockAccount } from '../accounts/store.ts';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import type { Tx } from '../db/db.ts';
import type { AccountRow, AccountUserRow, UserRow } from '../db/tables.ts';
import { invalid, unprocessable } from '../errors.ts';
import { emitAccessChanges } from '../events/access.ts';
import { publishPresenceChange } from '../events/presence.ts';
import { invite } from './account-links.ts';
import { readOnline } from './presence.ts';
import { type AvailabilityInput, nameOrMailbox, type Role, toAvailability, toEmail } from './rules.ts';
import {
  countAdministrators,
  countMemberships,
  deleteMembership,
  findOrInsertUser,
  getMember,
  insertMembership,
  listMembers,
  type MemberRow,
  type NewUser,
  updateMembership,
  updateUser,
} from './store.ts';
import { availableName, toAgent } from './wire.ts';

export interface AgentInput {
  name?: string;
  role?: Role;
  availability?: AvailabilityInput;
  auto_offline?: boolean;
}

/** Agents and administrators of the account, by name. */
export async function listAgents(app: App, { account }: AgentCaller): Promise<Agent[]> {
  const online = await readOnline(app, [account.id]);
  return (await listMembers(app.db, account.id)).map((member) => toAgent(member, online));
}

/**
 * Adds a user to the account. An existing user with this e-mail becomes a member and is not changed; a new user is
 * unconfirmed, has no password and gets an invitation by e-mail.
 * @throws invalid 422 on `email`, or on `user_id` when the user is in the account already
 */
export async function createAgent(
  app: App,
  { account, user: inviter }: AgentCaller,
  input: AgentInput & { email?: string },
): Promise<Agent> {
  const email = toEmail(input.email);
  const newUser = { email, name: nameOrMailbox(input.name, email), password_hash: null, confirmed: 0 };
  const online = await readOnline(app, [account.id]);
  return app.db.write(async (tx) => {
    const user = await addMember(app, tx, {
      newUser,
      account_id: account.id,
      ...toMembershipColumns(input),
      role: input.role ?? 'agent',
      inviter_id: inviter.id,
    });
    await inviteIfNew(app, tx, { user, inviter, account });
    return toAgent(await getMember(tx, account.id, user.id), online);
  });
}

/** Adds agents by e-mail address. Invalid addresses, and those of current members, are skipped. */
export async function createAgents(
  app: App,
  { account, user: inviter }: AgentCaller,
  { emails = [] }: { emails?: string[] },
): Promise<undefined> {
  await app.db.write(async (tx) => {
    for (const email of new Set(emails.map(findEmail).filter((one) => one !== undefined))) {
      const newUser = { email, name: nameOrMailbox(undefined, email), password_hash: null, confirmed: 0 };
      const { user } = await findOrInsertUser(app, tx, newUser);
      const membership = {
        account_id: account.id,
        user_id: user.id,
        role: 'agent' as const,
        inviter_id: inviter.id,
      };
      if (!(await insertMembership(app, tx, membership))) continue;
      await inviteIfNew(app, tx, { user, inviter, account });
      emitAccessChanges(tx, [{ account_id: account.id, user_id: user.id }]);
    }
  });
}

/** Invites a user who is unconfirmed and has no password, and so cannot sign in. */
async function inviteIfNew(
  app: App,
  tx: Tx,
  { user, inviter, account }: { user: UserRow; inviter: UserRow; account: AccountRow },
): Promise<void> {
  if (!user.confirmed && user.password_hash === null)
    await invite(app, tx, { user, inviter: availableName(inviter), account: account.name });
}

function findEmail(text: string): string | undefined {
  try {
    return toEmail(text);
  } catch {
    return undefined;
  }
}

type NewMember = Partial<AccountUserRow> & { account_id: number; role: Role; newUser: NewUser };

/**
 * Finds or inserts the user and makes them a member of the account, for the agent API and the command line.
 * @throws invalid 422 on `user_id` when the user is in the account already
 */
export async function addMember(app: App, tx: Tx, { newUser, ...member }: NewMember): Promise<UserRow> {
  const { user } = await findOrInsertUser(app, tx, newUser);
  if (!(await insertMembership(app, tx, { ...member, user_id: user.id })))
    throw invalid('user_id', 'User has already been taken');
  emitAccessChanges(tx, [{ account_id: member.account_id, user_id: user.id }]);
  return user;
}

/**
 * Changes name, role or availability. A new role changes which streams the agent's sockets receive.
 * @throws not_found, invalid 422 on `name` for a user of several accounts,
 * unprocessable when the account would lose its last administrator
 */
export async function updateAgent(
  app: App,
  { account }: AgentCaller,
  { id, ...input }: AgentInput & { id: number },
): Promise<Agent> {
  const online = await readOnline(app, [account.id]);
  return app.db.write(async (tx) => {
    await lockAccount(tx, account.id);
    const member = await getMember(tx, account.id, id);
    if (input.role === 'agent') await requireAnotherAdministrator(tx, member);
    await rename(app, tx, member, input.name?.trim());
    await updateMembership(tx, { account_id: account.id, user_id: id }, toMembershipColumns(input));
    if (input.role && input.role !== member.role)
      emitAccessChanges(tx, [{ account_id: account.id, user_id: id }]);
    if (input.availability || input.auto_offline !== undefined)
      tx.afterCommit(() => publishPresenceChange(app, account.id));
    return toAgent(await getMember(tx, account.id, id), online);
  });
}

/** The name is the user's, not the membership's: an account may not rename a user who belongs to other accounts too. */
async function rename(app: App, tx: Tx, member: MemberRow, name: string | undefined): Promise<void> {
  if (!name || name === member.name) return;
  if ((await countMemberships(tx, member.id)) > 1)
    throw invalid('name', 'Name can only be changed by the user, who belongs to other accounts too');
  await updateUser(app, tx, member.id, { name });
}

/**
 * Removes the user from the account; listeners unassign their conversations first. A user without another account is deleted.
 * @throws not_found, unprocessable when the account would lose its last administrator
 */
export async function deleteAgent(
  app: App,
  { account }: AgentCaller,
  { id }: { id: number },
): Promise<undefined> {
  await app.db.write(async (tx) => {
    await lockAccount(tx, account.id);
    await requireAnotherAdministrator(tx, await getMember(tx, account.id, id));
    await app.listeners.notify(tx, [
      { event: 'agent_removed', account_id: account.id, detail: { user_id: id } },
    ]);
    await deleteMembership(tx, { account_id: account.id, user_id: id });
    emitAccessChanges(tx, [{ account_id: account.id, user_id: id }]);
  });
}

async function requireAnotherAdministrator(tx: Tx, member: MemberRow): Promise<void> {
  if (member.role === 'administrator' && (await countAdministrators(tx, member.account_id)) < 2)
    throw unprocessable('The last administrator of an account cannot be removed');
}

function toMembershipColumns({ role, availability, auto_offline }: AgentInput): Partial<AccountUserRow> {
  return {
    ...(role && { role }),
    ...(availability && { availability: toAvailability(availability) }),
    ...(auto_offline !== undefined && { auto_offline: Number(auto_offline) }),
  };
}
