/** The agents' verbs on conversations (application-api.md section 6.8). */
import type { Agent, AgentConversation, agentConversations, Input } from '@hoory/contract';
import { nameOf, performerOf } from '../agent-bots/performer.ts';
import { readOnline } from '../agents/presence.ts';
import { getMember } from '../agents/store.ts';
import { availableName, toAgent } from '../agents/wire.ts';
import type { App } from '../app.ts';
import type { AccountCaller, AgentCaller } from '../caller.ts';
import { findContact } from '../contacts/store.ts';
import type { Status } from '../conversations/rules.ts';
import { getSeenConversation } from '../conversations/seen.ts';
import { loadSurroundings, updateConversation, writeLabels } from '../conversations/store.ts';
import { type Surroundings, toEventConversation } from '../conversations/wire.ts';
import type { Tx } from '../db/db.ts';
import type { ConversationRow } from '../db/tables.ts';
import { notFound } from '../errors.ts';
import { streamOf } from '../events/emit.ts';
import type { Fact } from '../events/listeners.ts';
import type { Routes } from '../http/routes.ts';
import { visibleInboxIds } from '../inboxes/access.ts';
import { announceConversation, type Thread } from '../messages/announce.ts';
import { postWithin } from '../messages/post.ts';
import { lockThread } from '../messages/threads.ts';
import { toIsoOrNull } from '../time.ts';
import { createConversation } from './agent-create.ts';
import { countConversations, filterConversations, listConversations } from './agent-list.ts';
import { showConversation, showConversations } from './agent-wire.ts';
import { automatic, changeStatus } from './status.ts';

type Endpoints = typeof agentConversations;

export const agentConversationRoutes: Routes<Endpoints> = {
  agentListConversations: async (app, caller, input) => {
    const { counts, rows } = await listConversations(app, caller, input);
    return { data: { meta: counts, payload: await showConversations(app, app.db, rows) } };
  },
  agentGetConversationCounts: async (app, caller, input) => ({
    meta: await countConversations(app, caller, input),
  }),
  agentFilterConversations: async (app, caller, input) => {
    const { counts, rows } = await filterConversations(app, caller, input);
    const { mine_count, unassigned_count, all_count } = counts;
    return {
      meta: { mine_count, unassigned_count, all_count },
      payload: await showConversations(app, app.db, rows),
    };
  },
  agentCreateConversation: createConversation,
  agentGetConversation: async (app, caller, { conversation_id }) =>
    showConversation(app, app.db, await getSeenConversation(app, caller, conversation_id)),
  agentToggleStatus: toggleStatus,
  agentAssignConversation: assign,
  agentListConversationLabels: async (app, caller, { conversation_id }) => ({
    payload: JSON.parse((await getSeenConversation(app, caller, conversation_id)).labels) as string[],
  }),
  agentSetConversationLabels: setLabels,
  agentUpdateLastSeen: updateLastSeen,
  agentToggleTyping: toggleTyping,
  agentListContactConversations: listOfContact,
};

/** Without a status, open is resolved and everything else opened (application-api.md section 7). */
async function toggleStatus(app: App, caller: AccountCaller, input: Input<Endpoints['agentToggleStatus']>) {
  const { id } = await getSeenConversation(app, caller, input.conversation_id);
  return app.db.write(async (tx) => {
    const thread = await lockThread(tx, id);
    const status: Status = input.status ?? (thread.conversation.status === 'open' ? 'resolved' : 'open');
    const snoozed_until = input.snoozed_until ? input.snoozed_until * 1000 : null;
    const by = nameOf(caller);
    const handsOff = caller.kind === 'bot' && status === 'open' && thread.conversation.status === 'pending';
    let { conversation } = await changeStatus(app, tx, thread, {
      status,
      snoozed_until,
      by,
      ...(handsOff && { also: { waiting_since: thread.conversation.waiting_since ?? app.now() } }),
    });
    if (handsOff) await app.listeners.tell(tx, [handoff(conversation)]);
    if (status === 'open' && caller.kind === 'agent' && takesOver(caller, conversation))
      ({ conversation } = await setAssignee(app, tx, await lockThread(tx, id), {
        caller,
        assignee_id: caller.user.id,
      }));
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

/** An agent who opens what is nobody's takes it; administrators do not (application-api.md section 7). */
const takesOver = ({ role }: AgentCaller, { assignee_id }: ConversationRow) =>
  role === 'agent' && assignee_id === null;

/** A bot gave its pending conversation to people (application-api.md section 7). */
const handoff = ({ account_id, inbox_id, id }: ConversationRow): Fact => ({
  event: 'conversation_bot_handoff',
  account_id,
  inbox_id,
  conversation_id: id,
  detail: {},
});

/** Gives the conversation to an agent of the account, or to nobody. @throws not_found for another user, any team or bot */
async function assign(
  app: App,
  caller: AccountCaller,
  input: Input<Endpoints['agentAssignConversation']>,
): Promise<Agent | null> {
  const { id } = await getSeenConversation(app, caller, input.conversation_id);
  if (input.assignee_type === 'AgentBot' && input.assignee_id) throw notFound();
  if (input.assignee_id === undefined && input.team_id) throw notFound();
  if (input.assignee_id === undefined) return null;
  const assignee_id = input.assignee_id || null;
  const member = assignee_id === null ? undefined : await getMember(app.db, caller.account.id, assignee_id);
  const online = await readOnline(app, [caller.account.id]);
  return app.db.write(async (tx) => {
    await setAssignee(app, tx, await lockThread(tx, id), { caller, assignee_id });
    return member ? toAgent(member, online) : null;
  }, id);
}

async function setAssignee(
  app: App,
  tx: Tx,
  thread: Thread,
  { caller, assignee_id }: { caller: AccountCaller; assignee_id: number | null },
): Promise<Thread> {
  const before = thread.conversation;
  if (before.assignee_id === assignee_id) return thread;
  await updateConversation(tx, before, { assignee_id, updated_at: app.now() });
  const changed = await lockThread(tx, before.id);
  announceConversation(app, tx, 'assignee.changed', changed);
  announceConversation(app, tx, 'conversation.updated', changed);
  await app.listeners.tell(tx, [updated(changed, { assignee_id: [before.assignee_id, assignee_id] })]);
  const by = nameOf(caller);
  const to = changed.assignee && availableName(changed.assignee);
  const self = caller.kind === 'agent' && changed.assignee?.id === caller.user.id;
  const content = to
    ? self
      ? `${by} self-assigned this conversation`
      : `Assigned to ${to} by ${by}`
    : `Conversation unassigned by ${by}`;
  await postWithin(tx, [automatic(app, changed, { message_type: 2, content })]);
  return lockThread(tx, before.id);
}

const updated = ({ conversation }: Thread, changed_attributes: Record<string, [unknown, unknown]>): Fact => ({
  event: 'conversation_updated',
  account_id: conversation.account_id,
  inbox_id: conversation.inbox_id,
  conversation_id: conversation.id,
  detail: { changed_attributes },
});

/** Replaces all labels; they need not exist in the account. */
async function setLabels(
  app: App,
  caller: AccountCaller,
  input: Input<Endpoints['agentSetConversationLabels']>,
) {
  const { id } = await getSeenConversation(app, caller, input.conversation_id);
  const labels = [...new Set((input.labels ?? []).map((label) => label.trim()).filter(Boolean))];
  return app.db.write(async (tx) => {
    const thread = await lockThread(tx, id);
    const before = JSON.parse(thread.conversation.labels) as string[];
    if (JSON.stringify(before) === JSON.stringify(labels)) return { payload: labels };
    const written = { labels, updated_at: app.now() };
    const changed = { ...thread, conversation: await writeLabels(tx, thread.conversation, written) };
    announceConversation(app, tx, 'conversation.updated', changed);
    await app.listeners.tell(tx, [updated(changed, { label_list: [before, labels] })]);
    const by = nameOf(caller);
    const added = labels.filter((label) => !before.includes(label));
    const removed = before.filter((label) => !labels.includes(label));
    await postWithin(tx, [
      ...(added.length
        ? [automatic(app, changed, { message_type: 2, content: `${by} added ${added.join(', ')}` })]
        : []),
      ...(removed.length
        ? [automatic(app, changed, { message_type: 2, content: `${by} removed ${removed.join(', ')}` })]
        : []),
    ]);
    return { payload: labels };
  }, id);
}

/** Read up to now by the caller; the contact is not told (client-api.md section 6). */
async function updateLastSeen(
  app: App,
  caller: AgentCaller,
  input: Input<Endpoints['agentUpdateLastSeen']>,
): Promise<AgentConversation> {
  const { id } = await getSeenConversation(app, caller, input.conversation_id);
  return app.db.write(async (tx) => {
    const { conversation } = await lockThread(tx, id);
    const now = app.now();
    const isAssignee = conversation.assignee_id === caller.user.id;
    const changes: Partial<ConversationRow> = {
      agent_last_seen_at: now,
      unread_count: 0,
      ...(isAssignee && { assignee_last_seen_at: now }),
    };
    return showConversation(app, tx, await updateConversation(tx, conversation, changes));
  }, id);
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
  const event = `conversation.typing_${input.typing_status}`;
  const payloadFor = (reader?: Surroundings['session']) =>
    JSON.stringify({
      event,
      data: {
        account_id: conversation.account_id,
        conversation: toEventConversation(around, undefined, { now: app.now(), reader }),
        user: performerOf(caller),
        is_private,
      },
    });
  const except = caller.kind === 'agent' ? streamOf.user(caller.user.id) : undefined;
  app.bus.publish({
    transient: { topic: streamOf.inbox(conversation.inbox_id), payload: payloadFor(), except },
  });
  if (is_private) return;
  const { session } = around;
  app.bus.publish({ transient: { topic: streamOf.session(session.id), payload: payloadFor(session) } });
}

/** The newest 20 by activity that the caller may see. @throws not_found for a contact of another account */
async function listOfContact(
  app: App,
  caller: AgentCaller,
  { id }: Input<Endpoints['agentListContactConversations']>,
) {
  if (!(await findContact(app.db, caller.account.id, id))) throw notFound();
  const inboxes = await visibleInboxIds(app, caller);
  let query = app.db.q.selectFrom('conversations').selectAll().where('contact_id', '=', id);
  if (inboxes !== 'all') query = query.where('inbox_id', 'in', [...inboxes, 0]);
  const rows = await app.db.all(query.orderBy('last_activity_at', 'desc').orderBy('id', 'desc').limit(20));
  return { payload: await showConversations(app, app.db, rows) };
}
