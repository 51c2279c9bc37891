/** Access of agents and bots to inboxes, and so to all records in them (application-api.md section 3). */
import type { App } from '../app.ts';
import type { AccountCaller, AgentCaller } from '../caller.ts';
import type { Sql } from '../db/db.ts';
import { preparedQuery } from '../db/prepared-query.ts';
import type { InboxRow } from '../db/tables.ts';
import { notAuthorized, notFound } from '../errors.ts';
import { maySeeInbox } from './rules.ts';
import { getInbox, listInboxIdsOfUser, listInboxRows } from './store.ts';

const membership = preparedQuery((q, params: { inbox_id: number; user_id: number }) =>
  q
    .selectFrom('inbox_members')
    .select('user_id')
    .where('inbox_id', '=', params.inbox_id)
    .where('user_id', '=', params.user_id),
);

/** Whether the user is a member of the inbox; administrators are not members of every inbox. */
export async function isMember(db: Sql, params: { inbox_id: number; user_id: number }): Promise<boolean> {
  return (await db.get(membership(db, params))) !== undefined;
}

/** Ids of the inboxes that the caller may see; `'all'`, which is all of the account, for administrators. */
export async function visibleInboxIds(app: App, caller: AgentCaller): Promise<'all' | number[]> {
  if (caller.role === 'administrator') return 'all';
  return listInboxIdsOfUser(app.db, { account_id: caller.account.id, user_id: caller.user.id });
}

/** @throws not_found for an inbox of another account, not_authorized 401 for an agent who is not a member */
export async function getVisibleInbox(db: Sql, caller: AccountCaller, id: number): Promise<InboxRow> {
  const inbox = await getInbox(db, caller.account.id, id);
  await requireVisible(db, caller, id);
  return inbox;
}

/**
 * Checks any number of inboxes with two queries.
 * @throws not_found when one is not in the account, not_authorized 401 when the caller is not a member of one
 */
export async function requireVisibleInboxes(
  app: App,
  caller: AgentCaller,
  ids: readonly number[],
): Promise<void> {
  if (!ids.length) return;
  const found = new Set((await listInboxRows(app.db, caller.account.id, ids)).map(({ id }) => id));
  if (!ids.every((id) => found.has(id))) throw notFound();
  const visible = await visibleInboxIds(app, caller);
  if (visible !== 'all' && !ids.every((id) => visible.includes(id))) throw notAuthorized();
}

/** A bot sees every inbox of its account. @throws not_authorized 401 for an agent who is not a member of the inbox */
export async function requireVisible(db: Sql, caller: AccountCaller, inbox_id: number): Promise<void> {
  if (caller.kind === 'bot') return;
  const isAllowed =
    caller.role === 'administrator' || (await isMember(db, { inbox_id, user_id: caller.user.id }));
  if (!maySeeInbox(caller.role, isAllowed)) throw notAuthorized();
}
