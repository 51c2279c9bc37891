/**
 * Agents to whom conversations of an inbox may be assigned: its members and the administrators (application-api.md section 6.15).
 */
import type { Agent } from '@hoory/contract';
import { readOnline } from '../agents/presence.ts';
import { listMembers } from '../agents/store.ts';
import { toAgent } from '../agents/wire.ts';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import { getVisibleInbox } from './access.ts';
import { listMemberIds } from './store.ts';

/** Agents who are members of all these inboxes, and all administrators, by name. @throws not_found, not_authorized 401 */
export async function listAssignableAgents(
  app: App,
  caller: AgentCaller,
  { inbox_ids = [] }: { inbox_ids?: number[] },
): Promise<{ payload: Agent[] }> {
  const memberships: number[][] = [];
  for (const id of new Set(inbox_ids)) {
    await getVisibleInbox(app.db, caller, id);
    memberships.push(await listMemberIds(app.db, id));
  }
  const [first = [], ...others] = memberships;
  const common = new Set(first.filter((id) => others.every((ids) => ids.includes(id))));
  const online = await readOnline(app, [caller.account.id]);
  const members = await listMembers(app.db, caller.account.id);
  return {
    payload: members
      .filter(({ id, role }) => role === 'administrator' || common.has(id))
      .map((member) => toAgent(member, online)),
  };
}
