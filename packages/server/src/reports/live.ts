/** How many conversations wait, and for whom, as it stands now (application-api.md section 6.16). */
import type { AgentMetrics, ConversationMetrics } from '@hoory/contract';
import { type RawBuilder, sql } from 'kysely';
import { availabilityOf, readOnline } from '../agents/presence.ts';
import { listMembers } from '../agents/store.ts';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import { isAnyOf } from '../db/dialect.ts';
import { invalid } from '../errors.ts';
import { getTeam } from '../teams/store.ts';

/** Agents on a page. */
const pageSize = 25;

const isUnattended = sql`(first_reply_created_at is null or waiting_since is not null)`;

/** @throws invalid without a type */
export async function showConversationMetrics(
  app: App,
  caller: AgentCaller,
  { type, page = 1 }: { type?: 'account' | 'agent'; page?: number },
): Promise<ConversationMetrics | AgentMetrics[]> {
  if (!type) throw invalid('type', "Type can't be blank");
  return type === 'account' ? countNow(app, caller, sql<boolean>`1 = 1`) : agentMetrics(app, caller, page);
}

/** @throws not_found for a team of another account */
export async function showLiveMetrics(
  app: App,
  caller: AgentCaller,
  { team_id }: { team_id?: number },
): Promise<ConversationMetrics> {
  if (!team_id) return countNow(app, caller, sql<boolean>`1 = 1`);
  await getTeam(app.db, caller.account.id, team_id);
  return countNow(app, caller, sql<boolean>`team_id = ${team_id}`);
}

async function countNow(
  app: App,
  { account }: AgentCaller,
  where: RawBuilder<boolean>,
): Promise<ConversationMetrics> {
  const counted = await app.db.get(
    sql<ConversationMetrics>`select
      coalesce(sum(case when status = 'open' then 1 else 0 end), 0) as open,
      coalesce(sum(case when status = 'open' and ${isUnattended} then 1 else 0 end), 0) as unattended,
      coalesce(sum(case when status = 'open' and assignee_id is null then 1 else 0 end), 0) as unassigned,
      coalesce(sum(case when status = 'pending' then 1 else 0 end), 0) as pending
      from conversations where account_id = ${account.id} and status in ('open', 'pending') and ${where}`,
  );
  return counted ?? { open: 0, unattended: 0, unassigned: 0, pending: 0 };
}

async function agentMetrics(app: App, { account }: AgentCaller, page: number): Promise<AgentMetrics[]> {
  const members = await listMembers(app.db, account.id);
  const shown = members.slice((page - 1) * pageSize, page * pageSize);
  const counted = await app.db.all(
    sql<{ assignee_id: number; open: number; unattended: number }>`select assignee_id, count(*) as open,
      sum(case when ${isUnattended} then 1 else 0 end) as unattended
      from conversations where account_id = ${account.id} and status = 'open' and ${isAnyOf(
        app.db,
        'assignee_id',
        shown.map(({ id }) => id),
      )}
      group by assignee_id`,
  );
  const online = await readOnline(app, [account.id]);
  return shown.map((member) => {
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
}
