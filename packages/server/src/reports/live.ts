/** Current numbers of open, unattended, unassigned and pending conversations (application-api.md section 6.16). */
import type { AgentMetrics, ConversationMetrics } from '@hoory/contract';
import { type RawBuilder, sql } from 'kysely';
import { availabilityOf, readOnline } from '../agents/presence.ts';
import { listMembers } from '../agents/store.ts';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import { isAnyOf } from '../db/dialect.ts';
import { type Page, type PageRequest, type SortOrder, toPage, toPageRange } from '../db/keyset.ts';
import { getTeam } from '../teams/store.ts';

/** Agents on a page. */
const pageSize = 25;
const byName: SortOrder = {
  name: 'reports/conversations',
  type: 'text',
  parts: [{ column: sql.ref('name'), direction: 'asc' }],
};

/** The numbers of the account, or of one of its teams. @throws not_found for a team of another account */
export async function showLiveMetrics(
  app: App,
  caller: AgentCaller,
  { team_id }: { team_id?: number },
): Promise<ConversationMetrics> {
  if (!team_id) return countConversations(app, caller);
  await getTeam(app.db, caller.account.id, team_id);
  return countConversations(app, caller, sql<boolean>`team_id = ${team_id}`);
}

/** The numbers of the conversations that meet the condition, from maintained counters. */
export async function countConversations(
  app: App,
  { account }: AgentCaller,
  where: RawBuilder<boolean> = sql`1 = 1`,
): Promise<ConversationMetrics> {
  const counted = await app.db.get(
    sql<ConversationMetrics>`select
      coalesce(sum(case when status = 'open' then count end), 0) as open,
      coalesce(sum(case when is_unattended = 1 then count end), 0) as unattended,
      coalesce(sum(case when status = 'open' and assignee_id = 0 then count end), 0) as unassigned,
      coalesce(sum(case when status = 'pending' then count end), 0) as pending
      from conversation_counts where account_id = ${account.id} and status in ('open', 'pending') and ${where}`,
  );
  return {
    open: Number(counted?.open),
    unattended: Number(counted?.unattended),
    unassigned: Number(counted?.unassigned),
    pending: Number(counted?.pending),
  };
}

/** A page of agents by name, each with its open and unattended conversations. @throws invalid 422 for a cursor of another list */
export async function listAgentMetrics(
  app: App,
  { account }: AgentCaller,
  request: PageRequest,
): Promise<Page<AgentMetrics>> {
  const { after, offset, limit } = toPageRange(byName, { ...request, size: pageSize });
  const members = (await listMembers(app.db, account.id))
    .map((member) => ({ member, key_part: 0, key_value: member.name.toLowerCase(), key_id: member.id }))
    .filter(({ key_value, key_id }) => {
      const name = after?.key_value ?? '';
      return !after || key_value > name || (key_value === name && key_id > after.key_id);
    });
  const { rows, next_cursor } = toPage(byName, members.slice(offset, offset + limit), pageSize);
  const agents = rows.map(({ member }) => member);
  const counted = await app.db.all(
    sql<{ assignee_id: number; open: number; unattended: number }>`select assignee_id, sum(count) as open,
      coalesce(sum(case when is_unattended = 1 then count end), 0) as unattended
      from conversation_counts where account_id = ${account.id} and status = 'open' and ${isAnyOf(
        app.db,
        'assignee_id',
        agents.map(({ id }) => id),
      )}
      group by assignee_id`,
  );
  const online = await readOnline(app, [account.id]);
  const metrics = agents.map((member) => {
    const { open = 0, unattended = 0 } = counted.find(({ assignee_id }) => assignee_id === member.id) ?? {};
    return {
      id: member.id,
      name: member.name,
      email: member.email,
      thumbnail: member.avatar_url ?? '',
      availability: availabilityOf(member, online),
      metric: { open, unattended },
    };
  });
  return { rows: metrics, next_cursor };
}
