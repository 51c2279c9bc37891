/** Moves conversations and messages of a merged contact to the surviving contact. */
import type { MessageUpdated } from '@hoory/contract';
import type { App } from '../app.ts';
import type { Tx } from '../db/db.ts';
import { loadedRow } from '../db/loaded-rows.ts';
import type { MessageRow } from '../db/tables.ts';
import type { DomainEvent } from '../events/domain-events.ts';
import type { Listener } from '../events/listeners.ts';
import { emitConversationEvent, emitMessageEvent } from '../messages/emit-events.ts';
import { type LoadedConversation, lockConversations } from '../messages/loaded-conversation.ts';
import { loadPartsOf, moveMessagesOfContact } from '../messages/store.ts';
import { moveSurveyResponses } from '../messages/store-survey-responses.ts';
import { toIso } from '../time.ts';
import { moveConversationRows } from './record/store.ts';

/** The rows that a merge has moved and not yet emitted: ids of conversations, and messages as they were before. */
interface MovedRows {
  conversations: number[];
  messages: MessageRow[];
}

/** The listener that moves rows before the merged contact is deleted, and emits them when the merge is complete. */
export function moveMergedConversations(app: App): Listener {
  // A merge ends before the next one of its transaction begins.
  const moves = new WeakMap<Tx, MovedRows>();
  return {
    handle: async (tx, events) => {
      for (const event of events) {
        if (event.event === 'contact_merging') moves.set(tx, await move(tx, event.detail, app.now()));
        if (event.event === 'contact_merged')
          await emitMoved(
            app,
            tx,
            event.detail.merged.id,
            moves.get(tx) ?? { conversations: [], messages: [] },
          );
      }
    },
  };
}

async function move(
  tx: Tx,
  { base_id: to, mergee_id: from }: DomainEvent<'contact_merging'>['detail'],
  now: number,
): Promise<MovedRows> {
  const conversations = await moveConversationRows(tx, { from, to });
  const messages = await moveMessagesOfContact(tx, { from, to, now });
  await moveSurveyResponses(tx, { from, to });
  return { conversations, messages };
}

/** Emits each moved conversation, then each moved message (client-api.md 5.4). */
async function emitMoved(app: App, tx: Tx, contact_id: number, moved: MovedRows): Promise<void> {
  const held = moved.messages.map(({ conversation_id }) => conversation_id);
  const loadedById = await lockConversations(tx, [...new Set([...moved.conversations, ...held])]);
  for (const id of moved.conversations.sort((a, b) => a - b))
    emitConversationEvent(app, tx, 'conversation.contact_changed', loadedRow(loadedById, id));
  for (const [id, loaded] of loadedById) {
    const messages = moved.messages.filter(({ conversation_id }) => conversation_id === id);
    await emitMessages(app, tx, loaded, { messages, sender_id: contact_id });
  }
}

async function emitMessages(
  app: App,
  tx: Tx,
  loaded: LoadedConversation,
  { messages, sender_id }: { messages: MessageRow[]; sender_id: number },
): Promise<void> {
  const updated_at = app.now();
  const beforeById = new Map(messages.map((message) => [message.id, message]));
  const changed = messages.map((message) => ({ ...message, sender_id, updated_at }));
  for (const part of await loadPartsOf(tx, loaded.conversation, changed)) {
    const before = loadedRow(beforeById, part.message.id);
    const previous_changes: MessageUpdated['previous_changes'] = {
      sender_id: [before.sender_id, sender_id],
      updated_at: [toIso(before.updated_at), toIso(updated_at)],
    };
    emitMessageEvent(app, tx, 'message.updated', loaded, part, { previous_changes });
  }
  const { account_id, inbox_id, id: conversation_id } = loaded.conversation;
  await app.listeners.notify(
    tx,
    messages.map(({ id }) => ({
      event: 'message_updated' as const,
      account_id,
      inbox_id,
      conversation_id,
      detail: { message_id: id },
    })),
  );
}
