/**
 * Agents to whom conversations of an inbox may be assigned: its members and the administrators (application-api.md section 6.15).
 */
import type { Agent } from '@hoory/contract';
import { readOnline } from '../agents/presence.ts';
import { listMembers } from '../agents/store.ts';
import { toAgent } from '../agents/wire.ts';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import { requireVisibleInboxes } from './access.ts';
import { listCommonMemberIds } from './store.ts';

/** Agents who are members of all these inboxes, and all administrators, by name. @throws not_found, not_authorized 401 */
export async function listAssignableAgents(
  app: App,
  caller: AgentCaller,
  { inbox_ids = [] }: { inbox_ids?: number[] },
): Promise<{ payload: Agent[] }> {
  const ids = [...new Set(inbox_ids)];
  await requireVisibleInboxes(app, caller, ids);
  const common = new Set(await listCommonMemberIds(app.db, ids));
  const online = await readOnline(app, [caller.account.id]);
  const members = await listMembers(app.db, caller.account.id);
  return {
    payload: members
      .filter(({ id, role }) => role === 'administrator' || common.has(id))
      .map((member) => toAgent(member, online)),
  };
}
