/** Changes stored messages: writes the columns that differ, emits `message.updated`, notifies listeners. */
import type { EventAgentBot, EventUser } from '@hoory/contract';
import type { App } from '../app.ts';
import { columnNames } from '../db/column-names.ts';
import type { Tx } from '../db/db.ts';
import type { MessageRow } from '../db/tables.ts';
import type { DomainEvent } from '../events/domain-events.ts';
import { readFreeForm } from '../free-form.ts';
import { toIso } from '../time.ts';
import { emitMessageEvent } from './emit-events.ts';
import type { LoadedConversation } from './loaded-conversation.ts';
import { getParts } from './store.ts';
import type { MessageParts } from './wire.ts';

export interface MessageChange {
  /** The row as it is stored, read in this transaction. */
  message: MessageRow;
  changes: Partial<MessageRow>;
  /** The author of the change, shown to agents only. */
  performer?: EventUser | EventAgentBot;
}

/** Writes and emits nothing when nothing differs. @returns the message after the change */
export async function updateMessage(
  app: App,
  tx: Tx,
  loaded: LoadedConversation,
  change: MessageChange,
): Promise<MessageParts> {
  const { parts, event } = await applyChange(app, tx, loaded, change);
  if (event) await app.listeners.notify(tx, [event]);
  return parts;
}

/** Like `updateMessage`, for many messages of one conversation: listeners are notified once for all. */
export async function updateMessages(
  app: App,
  tx: Tx,
  loaded: LoadedConversation,
  all: readonly MessageChange[],
): Promise<void> {
  const events: DomainEvent[] = [];
  for (const change of all) {
    const { event } = await applyChange(app, tx, loaded, change);
    if (event) events.push(event);
  }
  await app.listeners.notify(tx, events);
}

async function applyChange(
  app: App,
  tx: Tx,
  loaded: LoadedConversation,
  { message, changes, performer }: MessageChange,
): Promise<{ parts: MessageParts; event?: DomainEvent<'message_updated'> }> {
  const columns = columnNames(changes).filter((name) => changes[name] !== message[name]);
  // Two changes within a millisecond still move `updated_at`, by which clients compare.
  const updated_at = Math.max(app.now(), message.updated_at + 1);
  const next = columns.length ? { ...message, ...changes, updated_at } : message;
  const parts = await getParts(tx, loaded.conversation, next);
  if (!columns.length) return { parts };
  await tx.updateMany('messages', [next], [...columns, 'updated_at']);
  const previous_changes = Object.fromEntries([
    ...columns.map((name) => [name, [toValue(name, message[name]), toValue(name, next[name])]]),
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

const toValue = (column: keyof MessageRow, value: unknown): unknown =>
  column === 'content_attributes' || column === 'additional_attributes' ? readFreeForm(String(value)) : value;
