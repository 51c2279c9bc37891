/** Verbs on members of a team, who are agents of the account (application-api.md section 6.10). */
import type { Agent } from '@hoory/contract';
import { bumpCacheKey } from '../accounts/cache-keys.ts';
import { lockAccount } from '../accounts/store.ts';
import { readOnline } from '../agents/presence.ts';
import { listMembers } from '../agents/store.ts';
import { toAgent } from '../agents/wire.ts';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import type { Tx } from '../db/db.ts';
import { Refusal } from '../errors.ts';
import { on } from '../events/listeners.ts';
import {
  deleteTeamMembers,
  getTeam,
  insertTeamMembers,
  listTeamIdsOfUser,
  listTeamMemberIds,
} from './store.ts';

export interface TeamMembersInput {
  id: number;
  user_ids: number[];
}

/** The members, by name. @throws not_found */
export async function listTeamMembers(
  app: App,
  { account }: AgentCaller,
  { id }: { id: number },
): Promise<Agent[]> {
  await getTeam(app.db, account.id, id);
  const online = await readOnline(app, [account.id]);
  const members = await listMembers(app.db, account.id, await listTeamMemberIds(app.db, id));
  return members.map((member) => toAgent(member, online));
}

/** Adds members and returns the new ones. @throws not_found, not_authorized 401 for a user who is not in the account */
export const addTeamMembers = (app: App, caller: AgentCaller, input: TeamMembersInput): Promise<Agent[]> =>
  changeMembers(app, caller, input, (present, given) => {
    const added = given.filter((id) => !present.includes(id));
    return { added, removed: [], returned: added };
  });

/** Replaces all members and returns them. @throws not_found, not_authorized 401 for a user who is not in the account */
export const setTeamMembers = (app: App, caller: AgentCaller, input: TeamMembersInput): Promise<Agent[]> =>
  changeMembers(app, caller, input, (present, given) => ({
    added: given.filter((id) => !present.includes(id)),
    removed: present.filter((id) => !given.includes(id)),
    returned: given,
  }));

/** Removes members; other agents are ignored. @throws not_found, not_authorized 401 for a user who is not in the account */
export async function removeTeamMembers(
  app: App,
  caller: AgentCaller,
  input: TeamMembersInput,
): Promise<undefined> {
  await changeMembers(app, caller, input, (_present, given) => ({ added: [], removed: given, returned: [] }));
}

interface MemberChange {
  added: number[];
  removed: number[];
  /** Ids of the agents in the answer. */
  returned: number[];
}

async function changeMembers(
  app: App,
  { account }: AgentCaller,
  { id, user_ids }: TeamMembersInput,
  decide: (present: number[], given: number[]) => MemberChange,
): Promise<Agent[]> {
  const online = await readOnline(app, [account.id]);
  return app.db.write(async (tx) => {
    await lockAccount(tx, account.id);
    await getTeam(tx, account.id, id);
    const given = [...new Set(user_ids)];
    await requireAgents(tx, account.id, given);
    const { added, removed, returned } = decide(await listTeamMemberIds(tx, id), given);
    await insertTeamMembers(app, tx, { team_id: id, user_ids: added });
    await deleteTeamMembers(tx, { team_id: id, user_ids: removed });
    if (added.length || removed.length) await bumpCacheKey(app, tx, { account_id: account.id, list: 'team' });
    const members = await listMembers(tx, account.id, returned);
    return members.map((member) => toAgent(member, online));
  });
}

async function requireAgents(tx: Tx, account_id: number, ids: readonly number[]): Promise<void> {
  const members = await listMembers(tx, account_id, ids);
  if (members.length < ids.length) throw new Refusal('not_authorized', 'Invalid User IDs');
}

/** Listener: removes an agent who leaves the account from its teams. */
export const removeDeletedAgentsFromTeams = on('agent_removed', async (tx, { account_id, detail }) => {
  const { user_id } = detail;
  for (const team_id of await listTeamIdsOfUser(tx, { account_id, user_id }))
    await deleteTeamMembers(tx, { team_id, user_ids: [user_id] });
});
