/** The common steps of a changed conversation: write the row, emit events, notify listeners, which post activity lines. */
import { nameOf } from '../agent-bots/performer.ts';
import type { App } from '../app.ts';
import type { AccountCaller } from '../caller.ts';
import type { Outcome, Tx } from '../db/db.ts';
import type { ConversationRow } from '../db/tables.ts';
import { type Actor, type ChangedAttributes, conversationEvent } from '../events/domain-events.ts';
import { type ConversationEvent, emitConversationEvent } from '../messages/emit-events.ts';
import { type LoadedConversation, lockEach } from '../messages/loaded-conversation.ts';
import { toIso } from '../time.ts';
import { type ConversationUpdate, sendUpdates } from './record/store.ts';

/** The caller as author of a change. */
export const actorOf = (caller: AccountCaller): Actor => ({
  name: nameOf(caller),
  ...(caller.kind === 'agent' && { user_id: caller.user.id }),
});

export interface ConversationChange {
  changes: Partial<ConversationRow>;
  /** For webhooks, without `updated_at`. */
  changed_attributes: ChangedAttributes;
  by: Actor;
  /** Returns activity lines for the conversation after the change. */
  activity?: (changed: LoadedConversation) => readonly string[];
  /** Events besides `conversation.updated`, emitted before it. */
  events?: readonly ConversationEvent[];
}

/** Writes the rows and loads the conversations after it, in one round trip. */
function updateEach(tx: Tx, updates: readonly ConversationUpdate[]): Promise<Outcome<LoadedConversation>[]> {
  sendUpdates(tx, updates);
  return lockEach(
    tx,
    updates.map(({ conversation }) => conversation.id),
  );
}

/** @returns the conversation after the change, without the activity lines */
export async function changeConversation(
  app: App,
  tx: Tx,
  { conversation }: LoadedConversation,
  { changes, changed_attributes, by, activity, events = [] }: ConversationChange,
): Promise<LoadedConversation> {
  const update = { conversation, changes: { ...changes, updated_at: app.now() } };
  const changed = await tx.gather(updateEach, update);
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
