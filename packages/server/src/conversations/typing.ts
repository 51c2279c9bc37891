/** Publishes who is typing to sockets and listeners. Nothing is stored (cable.md C.4, webhooks.md 4.5). */
import type { Sender } from '@hoory/contract';
import type { App } from '../app.ts';
import type { ContactInboxRow } from '../db/tables.ts';
import { conversationEvent } from '../events/domain-events.ts';
import { streamOf } from '../events/emit.ts';
import type { RelatedRows } from './record/related-rows.ts';
import { conversationScope } from './record/scope.ts';
import { toEventConversation } from './record/wire.ts';

export interface Typing {
  status: 'on' | 'off';
  user: Sender;
  is_private: boolean;
  /** Whether the conversation's session receives it as well. */
  isForContact: boolean;
  /** Sockets with this stream are left out: those of the user who types. */
  except?: string;
}

export async function publishTyping(
  app: App,
  related: RelatedRows,
  { status, user, is_private, isForContact, except }: Typing,
): Promise<void> {
  const { conversation, session } = related;
  const payloadFor = (reader?: ContactInboxRow): string => {
    const now = app.now();
    const { account_id, ...shown } = toEventConversation(related, undefined, { now, reader });
    const data = { account_id, conversation: shown, user, is_private };
    return JSON.stringify({ event: `conversation.typing_${status}`, data });
  };
  const topic = streamOf.inbox(conversation.inbox_id);
  app.bus.publish({ transient: { topic, payload: payloadFor(), except } });
  if (isForContact)
    app.bus.publish({ transient: { topic: streamOf.session(session.id), payload: payloadFor(session) } });
  const event = conversationEvent(`conversation_typing_${status}`, conversation, { user, is_private });
  await app.db.write((tx) => app.listeners.notify(tx, [event]), conversationScope(conversation));
}
