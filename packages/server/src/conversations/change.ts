/** What every change of a conversation has in common: written, announced, told to listeners, noted in an activity line. */
import { nameOf } from '../agent-bots/performer.ts';
import type { App } from '../app.ts';
import type { AccountCaller } from '../caller.ts';
import type { Tx } from '../db/db.ts';
import type { ConversationRow } from '../db/tables.ts';
import {
  announceConversation,
  type ConversationEvent,
  type LoadedConversation,
} from '../messages/announce.ts';
import { lockConversation } from '../messages/loaded-conversation.ts';
import { type PostInput, postWithin } from '../messages/post.ts';
import { toIso } from '../time.ts';
import { type Actor, type ChangedAttributes, conversationFact } from './record/changes.ts';
import { updateConversation } from './record/store.ts';

export const actorOf = (caller: AccountCaller): Actor => ({
  name: nameOf(caller),
  ...(caller.kind === 'agent' && { user_id: caller.user.id }),
});

export interface ConversationChange {
  changes: Partial<ConversationRow>;
  changed_attributes: ChangedAttributes;
  by: Actor;
  /** Events besides `conversation.updated`, told before it. */
  events?: readonly ConversationEvent[];
}

/** Writes `changes` and tells everybody. @returns the conversation as it is now */
export async function changeConversation(
  app: App,
  tx: Tx,
  { conversation }: LoadedConversation,
  { changes, changed_attributes, by, events = [] }: ConversationChange,
): Promise<LoadedConversation> {
  await updateConversation(tx, conversation, { ...changes, updated_at: app.now() });
  const changed = await lockConversation(tx, conversation.id);
  for (const event of events) announceConversation(app, tx, event, changed);
  announceConversation(app, tx, 'conversation.updated', changed);
  const updated_at = [toIso(conversation.updated_at), toIso(changed.conversation.updated_at)] as const;
  const detail = {
    changed_attributes: { ...changed_attributes, updated_at: [...updated_at] as [string, string] },
    by,
  };
  await app.listeners.tell(tx, [conversationFact('conversation_updated', changed.conversation, detail)]);
  return changed;
}

/** A message of the system in this conversation. */
export const automatic = (
  app: App,
  { conversation }: Pick<LoadedConversation, 'conversation'>,
  message: PostInput<unknown>['message'],
): PostInput<unknown> => ({
  app,
  conversation_id: conversation.id,
  message,
  sender: undefined,
  attachments: [],
  answer: () => undefined,
});

/** Adds activity lines, which agents alone see. */
export async function noteActivity(
  app: App,
  tx: Tx,
  loaded: Pick<LoadedConversation, 'conversation'>,
  lines: readonly string[],
): Promise<void> {
  if (lines.length)
    await postWithin(
      tx,
      lines.map((content) => automatic(app, loaded, { message_type: 2, content })),
    );
}
