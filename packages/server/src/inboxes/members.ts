/** Verbs on members of an inbox, the agents who may see it (application-api.md section 6.5). */
import type { Agent } from '@hoory/contract';
import { lockAccount } from '../accounts/store.ts';
import { type OnlineUsers, readOnline } from '../agents/presence.ts';
import { listMembers } from '../agents/store.ts';
import { toAgent } from '../agents/wire.ts';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import type { Sql, Tx } from '../db/db.ts';
import { invalid } from '../errors.ts';
import { emitAccessChanges } from '../events/access.ts';
import { on } from '../events/listeners.ts';
import { getVisibleInbox } from './access.ts';
import { deleteMembers, getInbox, insertMembers, listInboxIdsOfUser, listMemberIds } from './store.ts';

export interface MembersInput {
  inbox_id: number;
  user_ids: number[];
}

interface MemberList {
  payload: Agent[];
}

/** The members, by name. @throws not_found, not_authorized 401 for an agent who is not a member */
export async function listInboxMembers(
  app: App,
  caller: AgentCaller,
  { inbox_id }: { inbox_id: number },
): Promise<MemberList> {
  await getVisibleInbox(app.db, caller, inbox_id);
  const online = await readOnline(app, [caller.account.id]);
  return toMemberList(app.db, { account_id: caller.account.id, inbox_id, online });
}

/**
 * Adds members; current ones stay.
 * @throws not_found for the inbox, invalid 422 on `user_ids` for a user who is not in the account
 */
export async function addInboxMembers(
  app: App,
  caller: AgentCaller,
  input: MembersInput,
): Promise<MemberList> {
  return changeMembers(app, caller, input, (_present, given) => ({ added: given, removed: [] }));
}

/** Replaces all members. @throws not_found, invalid as for `addInboxMembers` */
export async function setInboxMembers(
  app: App,
  caller: AgentCaller,
  input: MembersInput,
): Promise<MemberList> {
  return changeMembers(app, caller, input, (present, given) => ({
    added: given,
    removed: present.filter((id) => !given.includes(id)),
  }));
}

/** Removes members; ids of other users are ignored. @throws not_found */
export async function removeInboxMembers(
  app: App,
  caller: AgentCaller,
  input: MembersInput,
): Promise<undefined> {
  await changeMembers(app, caller, input, (_present, given) => ({ added: [], removed: given }));
}

interface MemberChange {
  added: number[];
  removed: number[];
}

/** Adds and removes members as `decide` says, lets listeners unassign removed ones, and updates the sockets of both. */
async function changeMembers(
  app: App,
  { account }: AgentCaller,
  { inbox_id, user_ids }: MembersInput,
  decide: (present: number[], given: number[]) => MemberChange,
): Promise<MemberList> {
  const given = [...new Set(user_ids)];
  const online = await readOnline(app, [account.id]);
  return app.db.write(async (tx) => {
    await lockAccount(tx, account.id);
    const inbox = await getInbox(tx, account.id, inbox_id ?? 0);
    const present = await listMemberIds(tx, inbox.id);
    const { added, removed } = decide(present, given);
    await requireAgents(tx, account.id, added);
    await insertMembers(app, tx, { inbox_id: inbox.id, user_ids: added });
    await deleteMembers(tx, { inbox_id: inbox.id, user_ids: removed });
    const detail = { user_ids: removed.filter((id) => present.includes(id)) };
    if (detail.user_ids.length)
      await app.listeners.notify(tx, [
        { event: 'inbox_members_removed', account_id: account.id, inbox_id: inbox.id, detail },
      ]);
    const changed = [...added.filter((id) => !present.includes(id)), ...removed];
    emitAccessChanges(
      tx,
      changed.map((user_id) => ({ account_id: account.id, user_id })),
    );
    return toMemberList(tx, { account_id: account.id, inbox_id: inbox.id, online });
  });
}

async function requireAgents(tx: Tx, account_id: number, ids: readonly number[]): Promise<void> {
  const members = await listMembers(tx, account_id, ids);
  if (members.length < ids.length) throw invalid('user_ids', 'User must exist');
}

async function toMemberList(
  db: Sql,
  { account_id, inbox_id, online }: { account_id: number; inbox_id: number; online: OnlineUsers },
): Promise<MemberList> {
  const members = await listMembers(db, account_id, await listMemberIds(db, inbox_id));
  return { payload: members.map((member) => toAgent(member, online)) };
}

/** Listener: removes an agent who leaves the account from its inboxes. */
export const removeDeletedAgents = on('agent_removed', async (tx, { account_id, detail }) => {
  const { user_id } = detail;
  for (const inbox_id of await listInboxIdsOfUser(tx, { account_id, user_id }))
    await deleteMembers(tx, { inbox_id, user_ids: [user_id] });
});
