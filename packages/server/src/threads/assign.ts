/** Gives conversations to agents (application-api.md sections 6.8 and 7). */
import type { Agent, agentConversations, Input } from '@hoory/contract';
import { readOnline } from '../agents/presence.ts';
import { getMember } from '../agents/store.ts';
import { availableName, toAgent } from '../agents/wire.ts';
import type { App } from '../app.ts';
import type { AccountCaller } from '../caller.ts';
import type { Actor } from '../conversations/facts.ts';
import { getSeenConversation } from '../conversations/seen.ts';
import type { Tx } from '../db/db.ts';
import { notFound } from '../errors.ts';
import type { Thread } from '../messages/announce.ts';
import { lockThread } from '../messages/threads.ts';
import { actorOf, changeConversation, noteActivity } from './change.ts';
import { insertParticipants } from './participants.ts';

/** Gives the conversation to an agent of the account, or to nobody. @throws not_found for another user, any team or bot */
export async function assign(
  app: App,
  caller: AccountCaller,
  input: Input<(typeof agentConversations)['agentAssignConversation']>,
): Promise<Agent | null> {
  const { id } = await getSeenConversation(app, caller, input.conversation_id);
  if (input.assignee_type === 'AgentBot' && input.assignee_id) throw notFound();
  if (input.assignee_id === undefined && input.team_id) throw notFound();
  if (input.assignee_id === undefined) return null;
  const assignee_id = input.assignee_id || null;
  const member = assignee_id === null ? undefined : await getMember(app.db, caller.account.id, assignee_id);
  const online = await readOnline(app, [caller.account.id]);
  return app.db.write(async (tx) => {
    await setAssignee(app, tx, await lockThread(tx, id), { by: actorOf(caller), assignee_id });
    return member ? toAgent(member, online) : null;
  }, id);
}

/** Sets the assignee, who from now on takes part. Nothing happens when it is the same. */
export async function setAssignee(
  app: App,
  tx: Tx,
  thread: Thread,
  { by, assignee_id }: { by: Actor; assignee_id: number | null },
): Promise<Thread> {
  const before = thread.conversation;
  if (before.assignee_id === assignee_id) return thread;
  const changed = await changeConversation(app, tx, thread, {
    changes: { assignee_id, assignee_agent_bot_id: null },
    changed_attributes: { assignee_id: [before.assignee_id, assignee_id] },
    events: ['assignee.changed'],
    by,
  });
  if (assignee_id !== null) await insertParticipants(app, tx, changed.conversation, [assignee_id]);
  await noteActivity(app, tx, changed, [assignmentLine(changed, by)]);
  return lockThread(tx, before.id);
}

function assignmentLine({ assignee }: Thread, by: Actor): string {
  if (!assignee) return `Conversation unassigned by ${by.name}`;
  return assignee.id === by.user_id
    ? `${by.name} self-assigned this conversation`
    : `Assigned to ${availableName(assignee)} by ${by.name}`;
}
