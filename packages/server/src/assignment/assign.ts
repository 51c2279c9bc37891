/** Assigns conversations to agents, bots and teams (application-api.md sections 6.8 and 7). */
import type { Agent, agentConversations, Input, ShortAgentBot, TeamRow as StoredTeam } from '@hoory/contract';
import { getBot } from '../agent-bots/store.ts';
import { toShortAgentBot } from '../agent-bots/wire.ts';
import { availabilityOf, type OnlineUsers, readOnline } from '../agents/presence.ts';
import { getMember, listMembers } from '../agents/store.ts';
import { availableName, toAgent } from '../agents/wire.ts';
import type { App } from '../app.ts';
import type { AccountCaller } from '../caller.ts';
import { actorOf, changeConversation } from '../conversations/change.ts';
import { getVisibleConversation } from '../conversations/record/agent-scope.ts';
import { conversationScope } from '../conversations/record/scope.ts';
import { insertParticipants } from '../conversations/store-participants.ts';
import { columnNames } from '../db/column-names.ts';
import type { Sql, Tx } from '../db/db.ts';
import type { ConversationRow, TeamRow } from '../db/tables.ts';
import type { Actor, ChangedAttributes } from '../events/domain-events.ts';
import { type LoadedConversation, lockConversation } from '../messages/loaded-conversation.ts';
import { getTeam, listTeamMemberIds } from '../teams/store.ts';
import { toStoredTeam } from '../teams/wire.ts';
import { chooseByRoundRobin } from './round-robin.ts';

type AssignedTo = Agent | ShortAgentBot | StoredTeam | null;

/** Assigns to an agent, a bot or a team, or unassigns. @throws not_found for an id of another account */
export async function assign(
  app: App,
  caller: AccountCaller,
  input: Input<(typeof agentConversations)['agentAssignConversation']>,
): Promise<AssignedTo> {
  const conversation = await getVisibleConversation(app, caller, input.conversation_id);
  const work = await assignmentOf(app, caller, input);
  if (!work) return null;
  // The turns of a team's members belong to the team.
  const turns = input.team_id ? [`team:${input.team_id}`] : [];
  return app.db.write(
    async (tx) => work(tx, await lockConversation(tx, conversation.id)),
    [...conversationScope(conversation), ...turns],
  );
}

type Assignment = (tx: Tx, loaded: LoadedConversation) => Promise<AssignedTo>;

/** The assignment that the request names; undefined when it names none. The team is ignored beside an assignee. */
async function assignmentOf(
  app: App,
  caller: AccountCaller,
  { assignee_id, assignee_type, team_id }: Input<(typeof agentConversations)['agentAssignConversation']>,
): Promise<Assignment | undefined> {
  const by = actorOf(caller);
  const account_id = caller.account.id;
  const online = await readOnline(app, [account_id]);
  if (assignee_id && assignee_type === 'AgentBot') {
    const bot = await getBot(app.db, account_id, assignee_id);
    return async (tx, loaded) => {
      await setAssignee(app, tx, loaded, { by, assignee_id: null, bot_id: bot.id });
      return toShortAgentBot(bot);
    };
  }
  if (assignee_id !== undefined) {
    const member = assignee_id ? await getMember(app.db, account_id, assignee_id) : undefined;
    return async (tx, loaded) => {
      await setAssignee(app, tx, loaded, { by, assignee_id: member?.id ?? null });
      return member ? toAgent(member, online) : null;
    };
  }
  if (team_id === undefined) return undefined;
  const team = team_id ? await getTeam(app.db, account_id, team_id) : undefined;
  return async (tx, loaded) => {
    await setTeam(app, tx, loaded, { by, team, online });
    return team ? toStoredTeam(team) : null;
  };
}

export interface NewAssignee {
  by: Actor;
  assignee_id: number | null;
  bot_id?: number;
}

/** A user replaces an assigned bot and a bot replaces a user. The user becomes a participant. Does nothing without a difference. */
export async function setAssignee(
  app: App,
  tx: Tx,
  loaded: LoadedConversation,
  { by, assignee_id, bot_id }: NewAssignee,
): Promise<LoadedConversation> {
  const changes = { assignee_id, assignee_agent_bot_id: bot_id ?? null };
  const changed_attributes = differences(loaded.conversation, changes);
  if (!Object.keys(changed_attributes).length) return loaded;
  const changed = await changeConversation(app, tx, loaded, {
    changes,
    changed_attributes,
    activity: (changed) => [assignmentLine(changed, by)],
    events: ['assignee.changed'],
    by,
  });
  const { conversation } = changed;
  if (assignee_id !== null) tx.awaitAtCommit(insertParticipants(app, tx, conversation, [assignee_id]));
  return lockConversation(tx, conversation.id);
}

function assignmentLine({ assignee, assigneeBot }: LoadedConversation, by: Actor): string {
  if (assigneeBot) return `Assigned to ${assigneeBot.name} by ${by.name}`;
  if (!assignee) return `Conversation unassigned by ${by.name}`;
  return assignee.id === by.user_id
    ? `${by.name} self-assigned this conversation`
    : `Assigned to ${availableName(assignee)} by ${by.name}`;
}

export interface NewTeam {
  by: Actor;
  /** Undefined removes the team. */
  team: TeamRow | undefined;
  /** Read before the transaction. */
  online: OnlineUsers;
}

/**
 * Sets the team. An assignee outside of the new team is unassigned. Where the team allows auto-assignment, an online member
 * gets the conversation by round robin. Does nothing when the team is the same.
 */
export async function setTeam(
  app: App,
  tx: Tx,
  loaded: LoadedConversation,
  { by, team, online }: NewTeam,
): Promise<LoadedConversation> {
  const before = loaded.conversation;
  if (before.team_id === (team?.id ?? null)) return loaded;
  const assignee_id = team
    ? await assigneeInTeam(tx, { conversation: before, team, online })
    : before.assignee_id;
  const changes = { team_id: team?.id ?? null, assignee_id };
  const isReassigned = assignee_id !== before.assignee_id;
  await changeConversation(app, tx, loaded, {
    changes,
    changed_attributes: differences(before, changes),
    activity: ({ assignee }) => {
      const name = isReassigned && assignee ? availableName(assignee) : undefined;
      return [
        team
          ? `Assigned to ${name ? `${name} via ` : ''}${team.name} by ${by.name}`
          : `Unassigned from ${loaded.team?.name ?? 'its team'} by ${by.name}`,
      ];
    },
    events: isReassigned ? ['team.changed', 'assignee.changed'] : ['team.changed'],
    by,
  });
  if (isReassigned && assignee_id !== null) await insertParticipants(app, tx, before, [assignee_id]);
  return lockConversation(tx, before.id);
}

async function assigneeInTeam(
  tx: Tx,
  { conversation, team, online }: { conversation: ConversationRow; team: TeamRow; online: OnlineUsers },
): Promise<number | null> {
  const members = await listTeamMemberIds(tx, team.id);
  if (conversation.assignee_id !== null && members.includes(conversation.assignee_id))
    return conversation.assignee_id;
  if (!team.allow_auto_assign || conversation.assignee_agent_bot_id !== null) return null;
  const present = await filterOnline(tx, { account_id: team.account_id, ids: members, online });
  return (await chooseByRoundRobin(tx, `team:${team.id}`, present)) ?? null;
}

/** The users among `ids` who are online; busy users get nothing by round robin. */
export async function filterOnline(
  db: Sql,
  { account_id, ids, online }: { account_id: number; ids: readonly number[]; online: OnlineUsers },
): Promise<number[]> {
  const members = await listMembers(db, account_id, ids);
  return members.filter((member) => availabilityOf(member, online) === 'online').map(({ id }) => id);
}

/** Columns that differ, as `[before, after]`. */
function differences(before: ConversationRow, changes: Partial<ConversationRow>): ChangedAttributes {
  return Object.fromEntries(
    columnNames(changes)
      .filter((column) => changes[column] !== before[column])
      .map((column) => [column, [before[column], changes[column]]]),
  );
}
