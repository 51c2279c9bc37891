/** Changes stored messages: writes the columns that differ, emits `message.updated`, notifies listeners. */
import type { EventAgentBot, EventUser } from '@hoory/contract';
import type { App } from '../app.ts';
import { columnNames } from '../db/column-names.ts';
import type { Tx } from '../db/db.ts';
import type { MessageRow } from '../db/tables.ts';
import { readFreeForm } from '../free-form.ts';
import { toIso } from '../time.ts';
import { emitMessageEvent } from './emit-events.ts';
import type { LoadedConversation } from './loaded-conversation.ts';
import { loadParts } from './store.ts';
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
  const [parts] = await updateMessages(app, tx, loaded, [change]);
  if (!parts) throw new Error(`Message ${change.message.id} is not of its conversation`);
  return parts;
}

/**
 * Like `updateMessage`, for many messages of one conversation: listeners are notified once for all, and the statements are as many
 * as there are sets of changed columns.
 */
export async function updateMessages(
  app: App,
  tx: Tx,
  loaded: LoadedConversation,
  all: readonly MessageChange[],
): Promise<MessageParts[]> {
  const applied = all.map((change) => applyChange(app, change));
  sendRows(tx, applied);
  const parts = await loadParts(
    tx,
    applied.map(({ next }) => next),
    [loaded.conversation],
  );
  const byId = new Map(parts.map((part) => [part.message.id, part]));
  const changed = applied.filter(({ columns }) => columns.length);
  for (const one of changed) emitChange(app, tx, loaded, { ...one, parts: byId.get(one.next.id) });
  await app.listeners.notify(
    tx,
    changed.map(({ next: { id: message_id, account_id, inbox_id, conversation_id } }) => ({
      event: 'message_updated',
      account_id,
      inbox_id,
      conversation_id,
      detail: { message_id },
    })),
  );
  return parts;
}

interface AppliedChange extends MessageChange {
  next: MessageRow;
  /** Columns that differ, without `updated_at`; none when nothing does. */
  columns: (keyof MessageRow & string)[];
}

function applyChange(app: App, change: MessageChange): AppliedChange {
  const { message, changes } = change;
  const columns = columnNames(changes).filter((name) => changes[name] !== message[name]);
  // Two changes within a millisecond still move `updated_at`, by which clients compare.
  const updated_at = Math.max(app.now(), message.updated_at + 1);
  return { ...change, columns, next: columns.length ? { ...message, ...changes, updated_at } : message };
}

/** Sends the rows that differ; the commit waits for them. */
function sendRows(tx: Tx, applied: readonly AppliedChange[]): void {
  const groups = new Map<string, AppliedChange[]>();
  for (const one of applied) {
    const key = one.columns.join();
    if (key) groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  for (const group of groups.values())
    tx.awaitAtCommit(
      tx.updateMany(
        'messages',
        group.map(({ next }) => next),
        [...(group[0]?.columns ?? []), 'updated_at'],
      ),
    );
}

function emitChange(
  app: App,
  tx: Tx,
  loaded: LoadedConversation,
  { message, next, columns, performer, parts }: AppliedChange & { parts: MessageParts | undefined },
): void {
  if (!parts) throw new Error(`Message ${message.id} is not of its conversation`);
  const previous_changes = Object.fromEntries([
    ...columns.map((name) => [name, [toValue(name, message[name]), toValue(name, next[name])]]),
    ['updated_at', [toIso(message.updated_at), toIso(next.updated_at)]],
  ]);
  emitMessageEvent(app, tx, 'message.updated', loaded, parts, {
    previous_changes,
    ...(performer && { performer }),
  });
}

const toValue = (column: keyof MessageRow, value: unknown): unknown =>
  column === 'content_attributes' || column === 'additional_attributes' ? readFreeForm(String(value)) : value;
