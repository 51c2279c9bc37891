/** Verbs of team members: which agents of the account are in a team (application-api.md section 6.10). */
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

/** @throws not_found */
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

/** Answers those who were not in it yet. @throws not_found, not_authorized for somebody outside the account */
export const addTeamMembers = (app: App, caller: AgentCaller, input: TeamMembersInput): Promise<Agent[]> =>
  changeMembers(app, caller, input, (present, wanted) => {
    const added = wanted.filter((id) => !present.includes(id));
    return { added, removed: [], shown: added };
  });

/** Replaces all members and answers them. @throws not_found, not_authorized */
export const setTeamMembers = (app: App, caller: AgentCaller, input: TeamMembersInput): Promise<Agent[]> =>
  changeMembers(app, caller, input, (present, wanted) => ({
    added: wanted.filter((id) => !present.includes(id)),
    removed: present.filter((id) => !wanted.includes(id)),
    shown: wanted,
  }));

/** Who is no member is passed over. @throws not_found, not_authorized */
export async function removeTeamMembers(
  app: App,
  caller: AgentCaller,
  input: TeamMembersInput,
): Promise<undefined> {
  await changeMembers(app, caller, input, (_present, wanted) => ({ added: [], removed: wanted, shown: [] }));
}

interface MemberChange {
  added: number[];
  removed: number[];
  shown: number[];
}

async function changeMembers(
  app: App,
  { account }: AgentCaller,
  { id, user_ids }: TeamMembersInput,
  decide: (present: number[], wanted: number[]) => MemberChange,
): Promise<Agent[]> {
  const online = await readOnline(app, [account.id]);
  return app.db.write(async (tx) => {
    await lockAccount(tx, account.id);
    await getTeam(tx, account.id, id);
    const wanted = [...new Set(user_ids)];
    await requireAgents(tx, account.id, wanted);
    const { added, removed, shown } = decide(await listTeamMemberIds(tx, id), wanted);
    await insertTeamMembers(app, tx, { team_id: id, user_ids: added });
    await deleteTeamMembers(tx, { team_id: id, user_ids: removed });
    if (added.length || removed.length) await bumpCacheKey(app, tx, { account_id: account.id, list: 'team' });
    const members = await listMembers(tx, account.id, shown);
    return members.map((member) => toAgent(member, online));
  });
}

async function requireAgents(tx: Tx, account_id: number, ids: readonly number[]): Promise<void> {
  const known = await listMembers(tx, account_id, ids);
  if (known.length < ids.length) throw new Refusal('not_authorized', 'Invalid User IDs');
}

/** An agent who leaves the account leaves its teams. */
export const removeDeletedAgentsFromTeams = on('agent_removed', async (tx, { account_id, detail }) => {
  const { user_id } = detail;
  for (const team_id of await listTeamIdsOfUser(tx, { account_id, user_id }))
    await deleteTeamMembers(tx, { team_id, user_ids: [user_id] });
});
