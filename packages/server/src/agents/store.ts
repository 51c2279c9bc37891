/** SQL of users and their memberships in accounts. */
import type { App } from '../app.ts';
import type { Sql, Tx } from '../db/db.ts';
import { isAnyOf, listValue } from '../db/dialect.ts';
import { newId } from '../db/new-ids.ts';
import { preparedQuery } from '../db/prepared-query.ts';
import type { AccountRow, AccountUserRow, UserRow } from '../db/tables.ts';
import { notFound } from '../errors.ts';
import { newToken } from '../secrets.ts';

/** A user as a member of one account. */
export type MemberRow = UserRow &
  Pick<AccountUserRow, 'account_id' | 'user_id' | 'role' | 'availability' | 'auto_offline'>;

/** A membership as its user sees it, with the account. */
export type MembershipRow = AccountUserRow & Pick<AccountRow, 'name' | 'status'>;

const memberQuery = (db: Pick<Sql, 'q'>, account_id: number) =>
  db.q
    .selectFrom('account_users')
    .innerJoin('users', 'users.id', 'account_users.user_id')
    .selectAll('users')
    .select(['account_id', 'user_id', 'role', 'availability', 'auto_offline'])
    .where('account_id', '=', account_id);

const membersAmong = preparedQuery((q, params: { account_id: number; ids: unknown }, db) =>
  memberQuery({ q }, params.account_id).where(isAnyOf(db, 'user_id', params.ids)),
);

/** Members of the account, by name without regard to case. With `ids`, only those. */
export async function listMembers(
  db: Sql,
  account_id: number,
  ids?: readonly number[],
): Promise<MemberRow[]> {
  const rows: MemberRow[] = await db.all(
    ids ? membersAmong(db, { account_id, ids: listValue(db, ids) }) : memberQuery(db, account_id),
  );
  // Sorted here, because SQLite folds the case of ASCII letters only.
  return rows
    .map((row) => ({ row, key: row.name.toLowerCase() }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.row.id - b.row.id))
    .map(({ row }) => row);
}

/** @throws not_found when that user is not in the account */
export async function getMember(db: Sql, account_id: number, id: number): Promise<MemberRow> {
  const row: MemberRow | undefined = await db.get(memberQuery(db, account_id).where('user_id', '=', id));
  if (!row) throw notFound();
  return row;
}

/** The user's accounts: the one last marked active first, then the one they have been in longest. */
export async function listMemberships(db: Sql, user_id: number): Promise<MembershipRow[]> {
  const rows: MembershipRow[] = await db.all(
    db.q
      .selectFrom('account_users')
      .innerJoin('accounts', 'accounts.id', 'account_users.account_id')
      .selectAll('account_users')
      .select(['accounts.name', 'accounts.status'])
      .where('user_id', '=', user_id)
      .orderBy('account_users.created_at')
      .orderBy('account_id'),
  );
  return rows.sort((a, b) => (b.active_at ?? 0) - (a.active_at ?? 0));
}

/** @param email as `toEmail` returns it */
export function findUserByEmail(db: Sql, email: string): Promise<UserRow | undefined> {
  return db.get(db.q.selectFrom('users').selectAll().where('email', '=', email));
}

/** Users by id; ids that do not exist are missing in the answer. */
export async function findUsers(db: Sql, ids: readonly number[]): Promise<Map<number, UserRow>> {
  if (!ids.length) return new Map();
  const rows: UserRow[] = await db.all(
    db.q
      .selectFrom('users')
      .selectAll()
      .where(isAnyOf(db, 'id', [...new Set(ids)])),
  );
  return new Map(rows.map((row) => [row.id, row]));
}

export type NewUser = Pick<UserRow, 'name' | 'email' | 'password_hash' | 'confirmed'>;

/** Inserts a user with new tokens, or returns the existing user with this e-mail address, unchanged. */
export async function findOrInsertUser(
  app: App,
  tx: Tx,
  given: NewUser,
): Promise<{ user: UserRow; isNew: boolean }> {
  const now = app.now();
  const id = await newId(tx, 'users');
  const row: UserRow = {
    ...given,
    id,
    display_name: null,
    access_token: newToken(),
    pubsub_token: newToken(),
    message_signature: null,
    avatar_url: null,
    ui_settings: '{}',
    custom_attributes: '{}',
    created_at: now,
    updated_at: now,
  };
  const inserted = await tx.run(
    tx.q
      .insertInto('users')
      .values(row)
      .onConflict((conflict) => conflict.column('email').doNothing()),
  );
  if (inserted) return { user: row, isNew: true };
  const user = await findUserByEmail(tx, given.email);
  if (!user) throw new Error('the insert of a user met a conflict, but no user has this e-mail');
  return { user, isNew: false };
}

/** Sets columns of one user, and `updated_at`. */
export async function updateUser(app: App, tx: Tx, id: number, changes: Partial<UserRow>): Promise<void> {
  await tx.run(
    tx.q
      .updateTable('users')
      .set({ ...changes, updated_at: app.now() })
      .where('id', '=', id),
  );
}

export type NewMembership = Pick<AccountUserRow, 'account_id' | 'user_id' | 'role'> & Partial<AccountUserRow>;

/**
 * Inserts a membership: online, offline while without socket, unless `given` says otherwise.
 * @returns false for a current member
 */
export async function insertMembership(app: App, tx: Tx, given: NewMembership): Promise<boolean> {
  const row: AccountUserRow = {
    availability: 'online',
    auto_offline: 1,
    inviter_id: null,
    active_at: null,
    created_at: app.now(),
    ...given,
  };
  const inserted = await tx.run(
    tx.q
      .insertInto('account_users')
      .values(row)
      .onConflict((conflict) => conflict.columns(['account_id', 'user_id']).doNothing()),
  );
  return inserted > 0;
}

type MembershipKey = Pick<AccountUserRow, 'account_id' | 'user_id'>;

/** Sets columns of one membership; without changes it sends no statement. */
export async function updateMembership(
  tx: Tx,
  { account_id, user_id }: MembershipKey,
  changes: Partial<AccountUserRow>,
): Promise<void> {
  if (!Object.keys(changes).length) return;
  await tx.run(
    tx.q
      .updateTable('account_users')
      .set(changes)
      .where('account_id', '=', account_id)
      .where('user_id', '=', user_id),
  );
}

/** Deletes a membership, and the user when it was their last one. */
export async function deleteMembership(tx: Tx, { account_id, user_id }: MembershipKey): Promise<void> {
  await tx.run(
    tx.q.deleteFrom('account_users').where('account_id', '=', account_id).where('user_id', '=', user_id),
  );
  if (!(await countMemberships(tx, user_id)))
    await tx.run(tx.q.deleteFrom('users').where('id', '=', user_id));
}

export async function countMemberships(db: Sql, user_id: number): Promise<number> {
  const rows = await db.all(
    db.q.selectFrom('account_users').select('account_id').where('user_id', '=', user_id),
  );
  return rows.length;
}

export async function countAdministrators(db: Sql, account_id: number): Promise<number> {
  const rows = await db.all(
    db.q
      .selectFrom('account_users')
      .select('user_id')
      .where('account_id', '=', account_id)
      .where('role', '=', 'administrator'),
  );
  return rows.length;
}
