/** Typing is kept nowhere; the listeners hear of it as of any other fact (webhooks.md section 4.5). */
import type { Sender } from '@hoory/contract';
import type { App } from '../app.ts';
import { conversationFact } from '../conversations/facts.ts';
import type { ConversationRow } from '../db/tables.ts';

export interface Typing {
  conversation: ConversationRow;
  typing_status: 'on' | 'off';
  user: Sender;
  is_private: boolean;
}

export async function tellTyping(
  app: App,
  { conversation, typing_status, user, is_private }: Typing,
): Promise<void> {
  const event = `conversation_typing_${typing_status}`;
  const fact = conversationFact(event, conversation, { user, is_private });
  await app.db.write((tx) => app.listeners.tell(tx, [fact]));
}
