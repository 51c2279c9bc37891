/** The steps that every change of a conversation has in common: write, emit, notify listeners, which add the activity lines. */
import { nameOf } from '../agent-bots/performer.ts';
import type { App } from '../app.ts';
import type { AccountCaller } from '../caller.ts';
import type { Tx } from '../db/db.ts';
import type { ConversationRow } from '../db/tables.ts';
import { type Actor, type ChangedAttributes, conversationEvent } from '../events/domain-events.ts';
import { type ConversationEvent, emitConversationEvent } from '../messages/emit-events.ts';
import { type LoadedConversation, lockConversation } from '../messages/loaded-conversation.ts';
import { toIso } from '../time.ts';
import { updateConversation } from './record/store.ts';

export const actorOf = (caller: AccountCaller): Actor => ({
  name: nameOf(caller),
  ...(caller.kind === 'agent' && { user_id: caller.user.id }),
});

export interface ConversationChange {
  changes: Partial<ConversationRow>;
  changed_attributes: ChangedAttributes;
  by: Actor;
  /** Activity lines, made of the conversation as it is after the change. */
  activity?: (changed: LoadedConversation) => readonly string[];
  /** Events besides `conversation.updated`, emitted before it. */
  events?: readonly ConversationEvent[];
}

/** Writes `changes`, emits and notifies. @returns the conversation as it is after the change, before its activity lines */
export async function changeConversation(
  app: App,
  tx: Tx,
  { conversation }: LoadedConversation,
  { changes, changed_attributes, by, activity, events = [] }: ConversationChange,
): Promise<LoadedConversation> {
  await updateConversation(tx, conversation, { ...changes, updated_at: app.now() });
  const changed = await lockConversation(tx, conversation.id);
  for (const event of events) emitConversationEvent(app, tx, event, changed);
  emitConversationEvent(app, tx, 'conversation.updated', changed);
  const updated_at: [before: string, after: string] = [
    toIso(conversation.updated_at),
    toIso(changed.conversation.updated_at),
  ];
  const detail = {
    changed_attributes: { ...changed_attributes, updated_at },
    by,
    activity: activity?.(changed) ?? [],
  };
  await app.listeners.notify(tx, [conversationEvent('conversation_updated', changed.conversation, detail)]);
  return changed;
}
