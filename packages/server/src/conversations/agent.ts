/** The agents' verbs on one conversation, without assignment and status (application-api.md section 6.8). */
import type { AgentConversation, agentConversations, Input } from '@hoory/contract';
import { performerOf } from '../agent-bots/performer.ts';
import type { App } from '../app.ts';
import type { AccountCaller, AgentCaller } from '../caller.ts';
import type { ConversationRow } from '../db/tables.ts';
import { conversationEvent } from '../events/domain-events.ts';
import { streamOf } from '../events/emit.ts';
import type { Routes } from '../http/routes.ts';
import { lockConversation } from '../messages/loaded-conversation.ts';
import { createConversation } from './agent-create.ts';
import { readViewer, showConversation } from './agent-wire.ts';
import { listLabels, replaceLabels } from './labels.ts';
import { getVisibleConversation } from './record/agent-scope.ts';
import { getRelatedRows } from './record/related-rows.ts';
import { conversationScope } from './record/scope.ts';
import { sendUpdate } from './record/store.ts';
import { publishTyping } from './typing.ts';

type Endpoints = typeof agentConversations;

/** `conversation-lists/` and `assignment/` have the other endpoints of the table. */
export const agentConversationRoutes: Routes<
  Pick<
    Endpoints,
    | 'agentCreateConversation'
    | 'agentGetConversation'
    | 'agentListConversationLabels'
    | 'agentSetConversationLabels'
    | 'agentUpdateLastSeen'
    | 'agentToggleTyping'
  >
> = {
  agentCreateConversation: createConversation,
  agentGetConversation: async (app, caller, { conversation_id }) => {
    const { id } = await getVisibleConversation(app, caller, conversation_id);
    return showConversation(app, app.db, { viewer: await readViewer(app, caller), id });
  },
  agentListConversationLabels: listLabels,
  agentSetConversationLabels: replaceLabels,
  agentUpdateLastSeen: updateLastSeen,
  agentToggleTyping: toggleTyping,
};

/** Marks the conversation as read by the caller. No event goes to the contact (client-api.md section 6). */
async function updateLastSeen(
  app: App,
  caller: AgentCaller,
  input: Input<Endpoints['agentUpdateLastSeen']>,
): Promise<AgentConversation> {
  const seen = await getVisibleConversation(app, caller, input.conversation_id);
  const { id } = seen;
  const viewer = await readViewer(app, caller);
  return app.db.write(async (tx) => {
    const { conversation } = await lockConversation(tx, id);
    const now = app.now();
    const isAssignee = conversation.assignee_id === caller.user.id;
    await app.listeners.notify(tx, [
      conversationEvent('conversation_seen', conversation, { user_id: caller.user.id }),
    ]);
    if (!isMarkStale(conversation, caller.user.id, now)) return showConversation(app, tx, { viewer, id });
    const changes: Partial<ConversationRow> = {
      agent_last_seen_at: now,
      unread_count: 0,
      ...(isAssignee && { assignee_last_seen_at: now }),
    };
    sendUpdate(tx, conversation, changes);
    return showConversation(app, tx, { viewer, id });
  }, conversationScope(seen));
}

/** The marks move when something is unread, otherwise at most once an hour (application-api.md section 7). */
function isMarkStale(conversation: ConversationRow, user_id: number, now: number): boolean {
  const marks = [
    conversation.agent_last_seen_at,
    ...(conversation.assignee_id === user_id ? [conversation.assignee_last_seen_at] : []),
  ];
  return conversation.unread_count > 0 || marks.some((mark) => mark === null || now - mark >= 3_600_000);
}

/** Publishes to the other agents, and to the contact unless it is a private note. Nothing is stored. */
async function toggleTyping(
  app: App,
  caller: AccountCaller,
  input: Input<Endpoints['agentToggleTyping']>,
): Promise<void> {
  const conversation = await getVisibleConversation(app, caller, input.conversation_id);
  if (input.typing_status !== 'on' && input.typing_status !== 'off') return;
  const related = await getRelatedRows(app.db, conversation);
  const is_private = input.is_private ?? false;
  await publishTyping(app, related, {
    status: input.typing_status,
    user: performerOf(caller),
    is_private,
    isForContact: !is_private,
    ...(caller.kind === 'agent' && { except: streamOf.user(caller.user.id) }),
  });
}
