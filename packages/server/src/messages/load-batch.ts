/** The first step of posting: reads what a batch of messages needs, with a fixed number of queries. */
import { MessageType } from '@hoory/contract';
import type { App } from '../app.ts';
import { reopenedStatus } from '../conversations/record/rules.ts';
import type { Tx } from '../db/db.ts';
import type { PrefetchedData } from '../events/listeners.ts';
import { echoNameOf } from './echo.ts';
import { type LoadedConversation, lockConversationsToPost } from './loaded-conversation.ts';
import type { MessageInput } from './message-input.ts';
import { templateFor } from './rules.ts';
import { findByEcho, loadParts } from './store.ts';
import type { MessageParts } from './wire.ts';

export interface LoadedBatch {
  /** The locked conversations by id; those that do not exist are missing. */
  conversations: Map<number, LoadedConversation>;
  /** Messages of earlier requests by `echoNameOf`. */
  firstByEcho: Map<string, MessageParts>;
  /** Enough ids for all rows of the batch, growing. */
  messageIds: number[];
  attachmentIds: number[];
  /** What listeners have read for these conversations. */
  prefetched: PrefetchedData;
}

export async function loadBatch(app: App, tx: Tx, inputs: readonly MessageInput[]): Promise<LoadedBatch> {
  const conversation_ids = inputs.map(({ conversation_id }) => conversation_id);
  const echoes = inputs.flatMap(({ conversation_id, message: { echo_key } }) =>
    echo_key == null ? [] : [{ conversation_id, echo_key }],
  );
  const incoming = new Set(
    inputs.flatMap(({ conversation_id, message: { message_type } }) =>
      message_type === MessageType.incoming ? [conversation_id] : [],
    ),
  );
  // PostgreSQL runs these in order, and the lock comes first: an id that is taken before it may be below one that is stored already.
  const [conversations, repeated, messageIds, prefetched] = await Promise.all([
    lockConversationsToPost(
      tx,
      conversation_ids,
      ({ conversation, inbox, contact }) =>
        incoming.has(conversation.id) && reopenedStatus(conversation, inbox, contact) !== undefined,
    ),
    findByEcho(tx, echoes),
    tx.nextIds('messages', inputs.length),
    app.listeners.prefetch(tx, conversation_ids),
  ]);
  const parts = await loadParts(
    tx,
    repeated,
    [...conversations.values()].map(({ conversation }) => conversation),
  );
  const firstByEcho = new Map(parts.map((part) => [echoNameOf(part.message), part]));
  const count = countNewRows(app, inputs, { conversations, firstByEcho });
  const missing = count.messages - inputs.length;
  if (missing > 0) messageIds.push(...(await tx.nextIds('messages', missing)));
  const attachmentIds = count.attachments ? await tx.nextIds('attachments', count.attachments) : [];
  return { conversations, firstByEcho, messageIds, attachmentIds, prefetched };
}

/** Upper bounds: a message of a contact may add an activity line when it reopens, and an automatic answer. */
function countNewRows(
  app: App,
  inputs: readonly MessageInput[],
  { conversations, firstByEcho }: Pick<LoadedBatch, 'conversations' | 'firstByEcho'>,
): { messages: number; attachments: number } {
  const count = { messages: 0, attachments: 0 };
  for (const { conversation_id, message, attachments = [] } of inputs) {
    const loaded = conversations.get(conversation_id);
    const { echo_key } = message;
    const isRepeat = echo_key != null && firstByEcho.has(echoNameOf({ conversation_id, echo_key }));
    if (!loaded || isRepeat) continue;
    count.messages++;
    count.attachments += attachments.length;
    if (message.message_type !== MessageType.incoming) continue;
    const { conversation, inbox, contact } = loaded;
    if (reopenedStatus(conversation, inbox, contact)) count.messages++;
    if (templateFor(conversation, inbox, app.now())) count.messages++;
  }
  return count;
}
