/** Endpoints for the upkeep of a conversation, and the verbs of priority, attributes and unread (application-api.md section 6.8). */
import type { AgentConversation, agentConversationUpkeep, Input, Priority } from '@hoory/contract';
import { MessageType } from '@hoory/contract';
import type { App } from '../app.ts';
import type { AccountCaller, AgentCaller } from '../caller.ts';
import { checkCustomAttributes } from '../custom-attributes/check.ts';
import type { Tx } from '../db/db.ts';
import type { ConversationRow } from '../db/tables.ts';
import type { Actor } from '../events/domain-events.ts';
import { readFreeForm, toFreeForm } from '../free-form.ts';
import type { Routes } from '../http/routes.ts';
import { type LoadedConversation, lockConversation } from '../messages/loaded-conversation.ts';
import { readViewer, showConversation } from './agent-wire.ts';
import { listAttachments } from './attachments.ts';
import { actorOf, changeConversation } from './change.ts';
import { deleteConversation } from './delete.ts';
import { deleteDraft, getDraft, setDraft } from './drafts.ts';
import { mute, unmute } from './mute.ts';
import { getVisibleConversation } from './record/agent-scope.ts';
import { conversationScope } from './record/scope.ts';
import { sendUpdate } from './record/store.ts';
import { sendTranscript } from './transcript.ts';

type Endpoints = typeof agentConversationUpkeep;

export const conversationUpkeepRoutes: Routes<Endpoints> = {
  agentUpdateConversation: update,
  agentDeleteConversation: deleteConversation,
  agentTogglePriority: togglePriority,
  agentMarkUnread: markUnread,
  agentSetConversationAttributes: setAttributes,
  agentMuteConversation: mute,
  agentUnmuteConversation: unmute,
  agentSendTranscript: sendTranscript,
  agentListConversationAttachments: listAttachments,
  agentGetDraft: getDraft,
  agentSetDraft: setDraft,
  agentDeleteDraft: deleteDraft,
};

/** Changes nothing without a priority. */
async function update(
  app: App,
  caller: AccountCaller,
  { conversation_id, priority }: Input<Endpoints['agentUpdateConversation']>,
): Promise<AgentConversation> {
  const seen = await getVisibleConversation(app, caller, conversation_id);
  const viewer = await readViewer(app, caller);
  if (priority === undefined) return showConversation(app, app.db, { viewer, id: seen.id });
  return app.db.write(async (tx) => {
    const loaded = await lockConversation(tx, seen.id);
    await setPriority(app, tx, loaded, { priority, by: actorOf(caller) });
    return showConversation(app, tx, { viewer, id: seen.id });
  }, conversationScope(seen));
}

/** Without a priority, removes the one that the conversation has. */
async function togglePriority(
  app: App,
  caller: AccountCaller,
  { conversation_id, priority = null }: Input<Endpoints['agentTogglePriority']>,
): Promise<void> {
  const seen = await getVisibleConversation(app, caller, conversation_id);
  await app.db.write(async (tx) => {
    await setPriority(app, tx, await lockConversation(tx, seen.id), { priority, by: actorOf(caller) });
  }, conversationScope(seen));
}

async function setPriority(
  app: App,
  tx: Tx,
  loaded: LoadedConversation,
  given: { priority: Priority | 'none' | null; by: Actor },
): Promise<LoadedConversation> {
  const { by } = given;
  const priority = given.priority === 'none' ? null : given.priority;
  const before = loaded.conversation.priority;
  if (before === priority) return loaded;
  const line = before
    ? priority
      ? `changed the priority from ${before} to ${priority}`
      : 'removed the priority'
    : `set the priority to ${priority}`;
  const changed = await changeConversation(app, tx, loaded, {
    changes: { priority },
    changed_attributes: { priority: [before, priority] },
    activity: () => [`${by.name} ${line}`],
    by,
  });
  return lockConversation(tx, changed.conversation.id);
}

/** Replaces all custom attributes. @throws invalid for values beyond the bounds or that do not match their definition */
async function setAttributes(
  app: App,
  caller: AccountCaller,
  { conversation_id, custom_attributes = {} }: Input<Endpoints['agentSetConversationAttributes']>,
): Promise<{ custom_attributes: Record<string, unknown> }> {
  const seen = await getVisibleConversation(app, caller, conversation_id);
  return app.db.write(async (tx) => {
    const loaded = await lockConversation(tx, seen.id);
    const before = loaded.conversation.custom_attributes;
    await checkCustomAttributes(tx, {
      account_id: caller.account.id,
      attribute_model: 'conversation_attribute',
      given: custom_attributes,
      stored: before,
    });
    const after = toFreeForm('custom_attributes', custom_attributes);
    if (before !== after)
      await changeConversation(app, tx, loaded, {
        changes: { custom_attributes: after },
        changed_attributes: { custom_attributes: [readFreeForm(before), custom_attributes] },
        by: actorOf(caller),
      });
    return { custom_attributes };
  }, conversationScope(seen));
}

/** Moves both agent marks to one second before the newest incoming message; without such a message, removes them. */
async function markUnread(
  app: App,
  caller: AgentCaller,
  { conversation_id }: Input<Endpoints['agentMarkUnread']>,
): Promise<AgentConversation> {
  const seen = await getVisibleConversation(app, caller, conversation_id);
  const { id } = seen;
  const viewer = await readViewer(app, caller);
  return app.db.write(async (tx) => {
    const { conversation } = await lockConversation(tx, id);
    const times = await newestIncoming(tx, id);
    const mark = times[0] === undefined ? null : times[0] - 1000;
    const changes: Partial<ConversationRow> = {
      agent_last_seen_at: mark,
      assignee_last_seen_at: mark,
      unread_count: times.filter((time) => time > (mark ?? 0)).length,
    };
    sendUpdate(tx, conversation, changes);
    return showConversation(app, tx, { viewer, id });
  }, conversationScope(seen));
}

/** Times of the newest incoming messages, newest first: 10, as far as `unread_count` counts on the wire. */
async function newestIncoming(tx: Tx, conversation_id: number): Promise<number[]> {
  const rows = await tx.all(
    tx.q
      .selectFrom('messages')
      .select('created_at')
      .where('conversation_id', '=', conversation_id)
      .where('message_type', '=', MessageType.incoming)
      .orderBy('id', 'desc')
      .limit(10),
  );
  return rows.map(({ created_at }) => created_at);
}
