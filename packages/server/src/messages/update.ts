/** Changes of a stored message: writes them, emits them with `previous_changes`, notifies listeners. */
import type { EventAgentBot, EventUser } from '@hoory/contract';
import type { App } from '../app.ts';
import type { Tx } from '../db/db.ts';
import type { MessageRow } from '../db/tables.ts';
import type { DomainEvent } from '../events/domain-events.ts';
import { readFreeForm } from '../free-form.ts';
import { toIso } from '../time.ts';
import { emitMessageEvent } from './emit-events.ts';
import type { LoadedConversation } from './loaded-conversation.ts';
import { loadPartsOf } from './store.ts';
import type { MessageParts } from './wire.ts';

export interface Change {
  message: MessageRow;
  changes: Partial<MessageRow>;
  performer?: EventUser | EventAgentBot;
}

/** Applies what differs; nothing is written or emitted when nothing differs. @returns the message as it is now */
export async function updateMessage(
  app: App,
  tx: Tx,
  loaded: LoadedConversation,
  change: Change,
): Promise<MessageParts> {
  const [parts] = await updateMessages(app, tx, loaded, [change]);
  return parts as MessageParts;
}

/** As `updateMessage`, for many messages of one conversation: listeners are notified once of all. */
export async function updateMessages(
  app: App,
  tx: Tx,
  loaded: LoadedConversation,
  all: readonly Change[],
): Promise<MessageParts[]> {
  const updated: MessageParts[] = [];
  const events: DomainEvent[] = [];
  for (const change of all) {
    const { parts, event } = await applyChange(app, tx, loaded, change);
    updated.push(parts);
    if (event) events.push(event);
  }
  await app.listeners.notify(tx, events);
  return updated;
}

async function applyChange(
  app: App,
  tx: Tx,
  loaded: LoadedConversation,
  { message, changes, performer }: Change,
): Promise<{ parts: MessageParts; event?: DomainEvent<'message_updated'> }> {
  const columns = (Object.keys(changes) as (keyof MessageRow)[]).filter(
    (name) => changes[name] !== message[name],
  );
  const updated_at = Math.max(app.now(), message.updated_at + 1);
  const next = columns.length ? { ...message, ...changes, updated_at } : message;
  const [parts] = (await loadPartsOf(tx, loaded.conversation, [next])) as [MessageParts];
  if (!columns.length) return { parts };
  await tx.updateMany('messages', [next], [...columns, 'updated_at']);
  const previous_changes = Object.fromEntries([
    ...columns.map((name) => [name, [shown(name, message[name]), shown(name, next[name])]]),
    ['updated_at', [toIso(message.updated_at), toIso(updated_at)]],
  ]);
  emitMessageEvent(app, tx, 'message.updated', loaded, parts, {
    previous_changes,
    ...(performer && { performer }),
  });
  const { account_id, inbox_id, conversation_id } = message;
  const detail = { message_id: message.id };
  return { parts, event: { event: 'message_updated', account_id, inbox_id, conversation_id, detail } };
}

const shown = (column: keyof MessageRow, value: unknown): unknown =>
  column === 'content_attributes' || column === 'additional_attributes' ? readFreeForm(String(value)) : value;
