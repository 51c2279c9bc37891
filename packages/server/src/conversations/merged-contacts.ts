/** What a merge of contacts means for conversations and messages: they move to the survivor, and everybody concerned hears. */
import type { App } from '../app.ts';
import type { Tx } from '../db/db.ts';
import type { ContactRow, MessageRow } from '../db/tables.ts';
import type { Fact } from '../events/listeners.ts';
import { announceConversation, announceMessage, type LoadedConversation } from '../messages/announce.ts';
import { lockConversations } from '../messages/loaded-conversation.ts';
import { loadPartsOf } from '../messages/store.ts';
import { toIso } from '../time.ts';

interface Merge {
  base_id: number;
  mergee_id: number;
}

/** What a merge has moved and not yet told: conversations, and messages as they were. */
interface Moved {
  conversations: number[];
  messages: MessageRow[];
}

/** Listens for merges; called once when the server opens. */
export function followMerges(app: App): void {
  // A merge ends before the next one of its transaction begins.
  const moves = new WeakMap<Tx, Moved>();
  app.listeners.listen(async (tx, facts) => {
    for (const fact of facts) {
      if (fact.event === 'contact_merging')
        moves.set(tx, await move(tx, fact.detail as unknown as Merge, app.now()));
      if (fact.event === 'contact_merged') await tell(app, tx, fact, moves.get(tx) as Moved);
    }
  });
}

async function move(tx: Tx, { base_id, mergee_id }: Merge, now: number): Promise<Moved> {
  const conversations = await tx.all(
    tx.q
      .updateTable('conversations')
      .set({ contact_id: base_id })
      .where('contact_id', '=', mergee_id)
      .returning('id'),
  );
  const own = (await tx.all(
    tx.q
      .selectFrom('messages')
      .selectAll()
      .where('sender_type', '=', 'Contact')
      .where('sender_id', '=', mergee_id)
      .orderBy('id'),
  )) as MessageRow[];
  await tx.run(
    tx.q
      .updateTable('messages')
      .set({ sender_id: base_id, updated_at: now })
      .where('sender_type', '=', 'Contact')
      .where('sender_id', '=', mergee_id),
  );
  await tx.run(
    tx.q
      .updateTable('csat_survey_responses')
      .set({ contact_id: base_id })
      .where('contact_id', '=', mergee_id),
  );
  return { conversations: conversations.map(({ id }) => id), messages: own };
}

/** Each moved conversation, then each moved message (client-api.md 5.4). */
async function tell(app: App, tx: Tx, { detail }: Fact, moved: Moved): Promise<void> {
  const { merged } = detail as unknown as { merged: ContactRow };
  const held = moved.messages.map(({ conversation_id }) => conversation_id);
  const loadedById = await lockConversations(tx, [...new Set([...moved.conversations, ...held])]);
  for (const id of moved.conversations.sort((a, b) => a - b))
    announceConversation(app, tx, 'conversation.contact_changed', loadedById.get(id) as LoadedConversation);
  for (const [id, loaded] of loadedById) {
    const messages = moved.messages.filter(({ conversation_id }) => conversation_id === id);
    await tellMessages(app, tx, loaded, { messages, sender_id: merged.id });
  }
}

async function tellMessages(
  app: App,
  tx: Tx,
  loaded: LoadedConversation,
  { messages, sender_id }: { messages: MessageRow[]; sender_id: number },
): Promise<void> {
  const updated_at = app.now();
  const now = messages.map((message) => ({ ...message, sender_id, updated_at }));
  const parts = await loadPartsOf(tx, loaded.conversation, now);
  for (const [index, part] of parts.entries()) {
    const before = messages[index] as MessageRow;
    const previous_changes = {
      sender_id: [before.sender_id, sender_id],
      updated_at: [toIso(before.updated_at), toIso(updated_at)],
    };
    announceMessage(app, tx, 'message.updated', loaded, part, { previous_changes });
  }
  const { account_id, inbox_id, id: conversation_id } = loaded.conversation;
  await app.listeners.tell(
    tx,
    messages.map(({ id }) => ({
      event: 'message_updated',
      account_id,
      inbox_id,
      conversation_id,
      detail: { message_id: id },
    })),
  );
}
