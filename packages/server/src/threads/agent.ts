/** The agents' verbs on conversations (application-api.md section 6.8). */
import type { AgentConversation, agentConversations, Input } from '@hoory/contract';
import { performerOf } from '../agent-bots/performer.ts';
import type { App } from '../app.ts';
import type { AccountCaller, AgentCaller } from '../caller.ts';
import { findContact } from '../contacts/store.ts';
import { conversationFact } from '../conversations/facts.ts';
import type { Status } from '../conversations/rules.ts';
import { getSeenConversation } from '../conversations/seen.ts';
import { loadSurroundings, updateConversation } from '../conversations/store.ts';
import type { Surroundings } from '../conversations/wire.ts';
import type { ConversationRow } from '../db/tables.ts';
import { notFound } from '../errors.ts';
import { streamOf } from '../events/emit.ts';
import type { Routes } from '../http/routes.ts';
import { visibleInboxIds } from '../inboxes/access.ts';
import { lockThread } from '../messages/threads.ts';
import { toIsoOrNull } from '../time.ts';
import { createConversation } from './agent-create.ts';
import { readViewer, showConversation, showConversations } from './agent-wire.ts';
import { assign, setAssignee } from './assign.ts';
import { actorOf } from './change.ts';
import { filterConversations } from './filter.ts';
import { handOver } from './hand-over.ts';
import { listLabels, replaceLabels } from './labels.ts';
import { countConversations, listConversations } from './list.ts';
import { changeStatus } from './status.ts';
import { tellTyping } from './typing.ts';

type Endpoints = typeof agentConversations;

export const agentConversationRoutes: Routes<Endpoints> = {
  agentListConversations: async (app, caller, input) => {
    const { counts, ids, next_cursor } = await listConversations(app, caller, input);
    return { data: { meta: { ...counts, next_cursor }, payload: await show(app, caller, ids) } };
  },
  agentGetConversationCounts: async (app, caller, input) => ({
    meta: await countConversations(app, caller, input),
  }),
  agentFilterConversations: async (app, caller, input) => {
    const { counts, ids, next_cursor } = await filterConversations(app, caller, input);
    const { mine_count, unassigned_count, all_count } = counts;
    return {
      meta: { mine_count, unassigned_count, all_count, next_cursor },
      payload: await show(app, caller, ids),
    };
  },
  agentCreateConversation: createConversation,
  agentGetConversation: async (app, caller, { conversation_id }) => {
    const { id } = await getSeenConversation(app, caller, conversation_id);
    return showConversation(app, app.db, { viewer: await readViewer(app, caller), id });
  },
  agentToggleStatus: toggleStatus,
  agentAssignConversation: assign,
  agentListConversationLabels: listLabels,
  agentSetConversationLabels: replaceLabels,
  agentUpdateLastSeen: updateLastSeen,
  agentToggleTyping: toggleTyping,
  agentListContactConversations: listOfContact,
};

async function show(app: App, caller: AccountCaller, ids: readonly number[]): Promise<AgentConversation[]> {
  return showConversations(app, app.db, { viewer: await readViewer(app, caller), ids });
}

/** Without a status, open is resolved and everything else opened (application-api.md section 7). */
async function toggleStatus(app: App, caller: AccountCaller, input: Input<Endpoints['agentToggleStatus']>) {
  const { id } = await getSeenConversation(app, caller, input.conversation_id);
  return app.db.write(async (tx) => {
    const thread = await lockThread(tx, id);
    const status: Status = input.status ?? (thread.conversation.status === 'open' ? 'resolved' : 'open');
    const snoozed_until = input.snoozed_until ? input.snoozed_until * 1000 : null;
    const by = actorOf(caller);
    const handsOff = caller.kind === 'bot' && status === 'open' && thread.conversation.status === 'pending';
    const changed = handsOff
      ? await handOver(app, tx, thread, { by })
      : await changeStatus(app, tx, thread, { status, snoozed_until, by });
    const takesOver = status === 'open' && caller.kind === 'agent' && caller.role === 'agent';
    const { conversation } = takesOver
      ? await setAssignee(app, tx, changed, { by, assignee_id: caller.user.id })
      : changed;
    return {
      payload: {
        success: true as const,
        conversation_id: conversation.display_id,
        current_status: conversation.status as Status,
        snoozed_until: toIsoOrNull(conversation.snoozed_until),
      },
    };
  }, id);
}

/** Read up to now by the caller; the contact is not told (client-api.md section 6). */
async function updateLastSeen(
  app: App,
  caller: AgentCaller,
  input: Input<Endpoints['agentUpdateLastSeen']>,
): Promise<AgentConversation> {
  const { id } = await getSeenConversation(app, caller, input.conversation_id);
  const viewer = await readViewer(app, caller);
  return app.db.write(async (tx) => {
    const { conversation } = await lockThread(tx, id);
    const now = app.now();
    const isAssignee = conversation.assignee_id === caller.user.id;
    await app.listeners.tell(tx, [
      conversationFact('conversation_seen', conversation, { user_id: caller.user.id }),
    ]);
    if (!isWorthWriting(conversation, caller.user.id, now)) return showConversation(app, tx, { viewer, id });
    const changes: Partial<ConversationRow> = {
      agent_last_seen_at: now,
      unread_count: 0,
      ...(isAssignee && { assignee_last_seen_at: now }),
    };
    await updateConversation(tx, conversation, changes);
    return showConversation(app, tx, { viewer, id });
  }, id);
}

/** With something unread the marks move at once, otherwise at most hourly (application-api.md section 7). */
function isWorthWriting(conversation: ConversationRow, user_id: number, now: number): boolean {
  const marks = [
    conversation.agent_last_seen_at,
    ...(conversation.assignee_id === user_id ? [conversation.assignee_last_seen_at] : []),
  ];
  return conversation.unread_count > 0 || marks.some((mark) => mark === null || now - mark >= 3_600_000);
}

/** Told to the other agents, and to the conversation's session unless a note is being typed; kept nowhere. */
async function toggleTyping(
  app: App,
  caller: AccountCaller,
  input: Input<Endpoints['agentToggleTyping']>,
): Promise<void> {
  const conversation = await getSeenConversation(app, caller, input.conversation_id);
  if (input.typing_status !== 'on' && input.typing_status !== 'off') return;
  const around = (await loadSurroundings(app.db, [conversation])).get(conversation.id) as Surroundings;
  const is_private = input.is_private ?? false;
  await tellTyping(app, around, {
    status: input.typing_status,
    user: performerOf(caller),
    is_private,
    isForContact: !is_private,
    ...(caller.kind === 'agent' && { except: streamOf.user(caller.user.id) }),
  });
}

/** The newest 20 by activity that the caller may see. @throws not_found for a contact of another account */
async function listOfContact(
  app: App,
  caller: AgentCaller,
  { id }: Input<Endpoints['agentListContactConversations']>,
) {
  if (!(await findContact(app.db, caller.account.id, id))) throw notFound();
  const inboxes = await visibleInboxIds(app, caller);
  let query = app.db.q.selectFrom('conversations').select('id').where('contact_id', '=', id);
  if (inboxes !== 'all') query = query.where('inbox_id', 'in', [...inboxes, 0]);
  const rows = await app.db.all(query.orderBy('last_activity_at', 'desc').orderBy('id', 'desc').limit(20));
  const payload = await show(
    app,
    caller,
    rows.map((row) => row.id),
  );
  return { payload };
}
