/** Creates accounts, administrators and agents, for the command line and the first start of a server. */
import { getAccount, hasAccounts, insertAccount } from './accounts/store.ts';
import { addMember } from './agents/agents.ts';
import { nameOrMailbox, type Role, requireStrong, toEmail } from './agents/rules.ts';
import { findUserByEmail } from './agents/store.ts';
import type { App } from './app.ts';
import { hashPassword, isPassword } from './auth/password.ts';
import type { Tx } from './db/db.ts';
import type { InboxRow, UserRow } from './db/tables.ts';
import { invalid } from './errors.ts';
import { addInbox } from './inboxes/inboxes.ts';
import { toName } from './inboxes/input.ts';
import { getInbox, insertMembers } from './inboxes/store.ts';
import { insertOnce } from './installation.ts';

export interface SetupInput {
  account: string;
  email: string;
  password: string;
  inbox: string;
}

export interface SetUp {
  account_id: number;
  user: UserRow;
  inbox: InboxRow;
}

/**
 * Creates an account, its administrator, and an API inbox with the administrator as member. An existing user with this e-mail
 * becomes the administrator if the password is right.
 * @throws invalid for a weak or wrong password, a bad e-mail, or a blank name
 */
export async function setUp(app: App, input: SetupInput): Promise<SetUp> {
  const newUser = await newUserOf(app, input);
  return app.db.write((tx) => setUpIn(app, tx, { ...input, newUser }));
}

/** Like `setUp`, but undefined when the installation has an account, or another node has created the first one. */
export async function setUpOnce(app: App, input: SetupInput): Promise<SetUp | undefined> {
  if (await hasAccounts(app.db)) return undefined;
  const newUser = await newUserOf(app, input);
  return app.db.write(async (tx) => {
    // The row is a lock between nodes: the second one waits here until the first has committed.
    const isFirst = await insertOnce(tx, 'set_up_at', String(app.now()));
    return isFirst && !(await hasAccounts(tx)) ? setUpIn(app, tx, { ...input, newUser }) : undefined;
  });
}

type NewUser = Parameters<typeof addMember>[2]['newUser'];

async function setUpIn(
  app: App,
  tx: Tx,
  { account, inbox: name, newUser }: Pick<SetupInput, 'account' | 'inbox'> & { newUser: NewUser },
): Promise<SetUp> {
  if (!account.trim()) throw invalid('account', "Account can't be blank");
  toName(name);
  const { id: account_id } = await insertAccount(app, tx, account.trim());
  const user = await addMember(app, tx, { account_id, role: 'administrator', newUser });
  const inbox = await addInbox(app, tx, account_id, { name });
  await insertMembers(app, tx, { inbox_id: inbox.id, user_ids: [user.id] });
  return { account_id, user, inbox };
}

/** Hashes before the transaction: argon2 is slow by design, and the transaction would block other writes. */
async function newUserOf(
  app: App,
  { password, name, ...input }: { email: string; password: string; name?: string },
): Promise<NewUser> {
  const email = toEmail(input.email);
  const existing = await findUserByEmail(app.db, email);
  if (existing && !(await isPassword(existing.password_hash, password)))
    throw invalid('email', `${email} has a user already, with another password`);
  if (!existing) requireStrong(password);
  return {
    email,
    name: nameOrMailbox(name, email),
    password_hash: await hashPassword(password),
    confirmed: 1,
  };
}

export interface AgentInput {
  account: number;
  email: string;
  name: string;
  password: string;
  role: Role;
  inboxes: readonly number[];
}

/**
 * Adds a confirmed agent with a password to an account, and makes them a member of the inboxes.
 * @throws not_found for an unknown account or inbox, invalid as `setUp` and for a user who is in the account already
 */
export async function setUpAgent(app: App, input: AgentInput): Promise<UserRow> {
  const newUser = await newUserOf(app, input);
  return app.db.write(async (tx) => {
    const account = await getAccount(tx, input.account);
    for (const inbox_id of input.inboxes) await getInbox(tx, account.id, inbox_id);
    const user = await addMember(app, tx, { account_id: account.id, role: input.role, newUser });
    for (const inbox_id of input.inboxes) await insertMembers(app, tx, { inbox_id, user_ids: [user.id] });
    return user;
  });
}
