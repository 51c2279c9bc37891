/** Participants: agents who follow a conversation (application-api.md section 6.8). */
import type { Agent, agentParticipants, Input } from '@hoory/contract';
import { readOnline } from '../agents/presence.ts';
import { listMembers } from '../agents/store.ts';
import { toAgent } from '../agents/wire.ts';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import type { Sql } from '../db/db.ts';
import type { ConversationRow } from '../db/tables.ts';
import { invalid } from '../errors.ts';
import type { Routes } from '../http/routes.ts';
import { listMemberIds } from '../inboxes/store.ts';
import { getVisibleConversation } from './record/agent-scope.ts';
import { conversationScope } from './record/scope.ts';
import { deleteParticipants, insertParticipants, listParticipants } from './store-participants.ts';

type Endpoints = typeof agentParticipants;

export const participantRoutes: Routes<Endpoints> = {
  agentListParticipants: async (app, caller, { conversation_id }) => {
    const conversation = await getVisibleConversation(app, caller, conversation_id);
    return showAgents(app, app.db, conversation, await listParticipants(app.db, conversation.id));
  },
  agentAddParticipants: async (app, caller, input) =>
    change(app, caller, input, (present, given) => {
      const added = given.filter((id) => !present.includes(id));
      return { added, removed: [], shown: added };
    }),
  agentSetParticipants: async (app, caller, input) =>
    change(app, caller, input, (present, given) => ({
      added: given,
      removed: present.filter((id) => !given.includes(id)),
      shown: given,
    })),
  agentRemoveParticipants: async (app, caller, input) => {
    await change(app, caller, input, (_present, given) => ({ added: [], removed: given, shown: [] }));
  },
};

interface ParticipantChange {
  added: number[];
  removed: number[];
  /** Participants in the answer. */
  shown: number[];
}

/** @throws invalid when an added user cannot see the inbox */
async function change(
  app: App,
  caller: AgentCaller,
  { conversation_id, user_ids = [] }: Input<Endpoints['agentAddParticipants']>,
  decide: (present: number[], given: number[]) => ParticipantChange,
): Promise<Agent[]> {
  const conversation = await getVisibleConversation(app, caller, conversation_id);
  const online = await readOnline(app, [caller.account.id]);
  return app.db.write(async (tx) => {
    const present = await listParticipants(tx, conversation.id);
    const { added, removed, shown } = decide(present, [...new Set(user_ids)]);
    const readers = await filterInboxReaders(tx, conversation, added);
    if (readers.length < added.length) throw invalid('user', 'User must have inbox access');
    await insertParticipants(app, tx, conversation, added);
    await deleteParticipants(tx, conversation.id, removed);
    const members = await listMembers(tx, conversation.account_id, shown);
    return members.map((member) => toAgent(member, online));
  }, conversationScope(conversation));
}

async function showAgents(
  app: App,
  db: Sql,
  { account_id }: ConversationRow,
  ids: readonly number[],
): Promise<Agent[]> {
  const online = await readOnline(app, [account_id]);
  return (await listMembers(db, account_id, ids)).map((member) => toAgent(member, online));
}

/** The users among `ids` who may see the conversation's inbox: its members, and administrators of the account. */
export async function filterInboxReaders(
  db: Sql,
  { account_id, inbox_id }: Pick<ConversationRow, 'account_id' | 'inbox_id'>,
  ids: readonly number[],
): Promise<number[]> {
  if (!ids.length) return [];
  const inboxMembers = await listMemberIds(db, inbox_id);
  const members = await listMembers(db, account_id, ids);
  return members
    .filter(({ id, role }) => role === 'administrator' || inboxMembers.includes(id))
    .map(({ id }) => id);
}
