/** The last steps of posting: writes what a batch has changed, one statement a table, and publishes its events. */
import { emitContactEvent } from '../contacts/events.ts';
import type { Tx } from '../db/db.ts';
import type { ConversationRow } from '../db/tables.ts';
import type { PrefetchedData } from '../events/listeners.ts';
import type { BatchState } from './batch-state.ts';
import { emitConversationEvent, emitMessageEvent } from './emit-events.ts';
import { addMessageFacts, moveLengthened } from './store-report-facts.ts';

/** Columns that every message may change; no index holds them. */
const messageColumns = [
  'last_activity_at',
  'unread_count',
  'last_message_id',
  'last_non_activity_message_id',
  'last_public_message_id',
  'has_outgoing',
  'has_template',
  'has_csat',
  'last_template_at',
  'last_agent_message_at',
  'last_incoming_at',
  'message_count',
  'updated_at',
] as const;

/** Columns that few messages change. Each is in several indexes, so only conversations where one differs are written again. */
const statusColumns = ['status', 'snoozed_until', 'waiting_since', 'first_reply_created_at'] as const;

const byId = (a: { id: number }, b: { id: number }) => a.id - b.id;

/** Sends the statements; the commit awaits them. Rows are in the order of their ids, in which all writers lock them. */
export function writeBatch(tx: Tx, state: BatchState): void {
  const conversations: ConversationRow[] = [];
  const withStatus: ConversationRow[] = [];
  for (const [id, before] of state.changedConversations) {
    const { conversation } = state.get(id);
    conversations.push(conversation);
    if (statusColumns.some((column) => conversation[column] !== before[column]))
      withStatus.push(conversation);
  }
  const contacts = [...state.changedContacts.values()].map(({ after }) => after);
  tx.awaitAtCommit(
    Promise.all([
      tx.insertMany('messages', state.messages),
      tx.insertMany('attachments', state.attachments),
      addMessageFacts(tx, state.messages, state.changedConversations),
      tx.updateMany('conversations', conversations.sort(byId), messageColumns),
      tx.updateMany('conversations', withStatus.sort(byId), statusColumns),
      moveLengthened(tx, conversations, state.changedConversations),
      tx.updateMany('contacts', contacts.sort(byId), ['last_activity_at', 'updated_at']),
    ]),
  );
}

/** Emits the events to the streams of agents and contacts, in the order in which they happened, and notifies listeners once. */
export async function publishBatch(tx: Tx, state: BatchState, prefetched: PrefetchedData): Promise<void> {
  const { app } = state;
  for (const { name, loaded, parts, performer } of state.events)
    if (parts) emitMessageEvent(app, tx, name, loaded, parts, performer && { performer });
    else emitConversationEvent(app, tx, name, loaded);
  const contactEvents = [...state.changedContacts.values()].flatMap(({ before, after }) =>
    emitContactEvent(tx, { event: 'contact.updated', contact: after, before }),
  );
  await app.listeners.notify(tx, [...state.domainEvents, ...contactEvents], prefetched);
}
