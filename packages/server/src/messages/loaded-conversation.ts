/** Loads conversations with all that their events need, and inserts messages into them; shared by every verb that writes. */
import { MessageType } from '@hoory/contract';
import type { App } from '../app.ts';
import { loadRelatedRows, lockRelatedRows, verifiedSessions } from '../conversations/record/store.ts';
import type { RelatedRows } from '../conversations/record/wire.ts';
import type { Sql, Tx } from '../db/db.ts';
import type { ContactInboxRow, ConversationRow, MessageRow } from '../db/tables.ts';
import { findMessages, loadParts } from './store.ts';
import type { MessageParts } from './wire.ts';

/** A conversation in the middle of a transaction: its rows as they are now, and who hears of it. */
export interface LoadedConversation extends RelatedRows {
  /** Verified sessions of the contact, this one included; empty when this one is not verified. */
  siblings: readonly ContactInboxRow[];
  /** The newest message that is neither private nor an activity. */
  last: MessageParts | undefined;
}

/** Locks these conversations and loads what surrounds them, a fixed number of reads for any number of them. */
export async function lockConversations(
  tx: Tx,
  ids: readonly number[],
  /** Where the newest message will be replaced before anybody is told of it, it need not be read. */
  isLastNeeded: (around: RelatedRows) => boolean = () => true,
): Promise<Map<number, LoadedConversation>> {
  return toLoadedConversations(tx, await lockRelatedRows(tx, ids), isLastNeeded);
}

/** As `lockConversations`, for one conversation that exists. */
export async function lockConversation(tx: Tx, id: number): Promise<LoadedConversation> {
  return (await lockConversations(tx, [id])).get(id) as LoadedConversation;
}

/** As `lockConversations`, without a lock: for who only shows what is there. */
export async function loadConversations(
  db: Sql,
  rows: readonly ConversationRow[],
): Promise<Map<number, LoadedConversation>> {
  return toLoadedConversations(db, await loadRelatedRows(db, rows), () => true);
}

async function toLoadedConversations(
  db: Sql,
  surroundings: Map<number, RelatedRows>,
  isLastNeeded: (around: RelatedRows) => boolean,
): Promise<Map<number, LoadedConversation>> {
  const all = [...surroundings.values()];
  const siblings = await verifiedSessions(
    db,
    all.map(({ session }) => session),
  );
  const last = await lastMessages(
    db,
    all.filter(isLastNeeded).map(({ conversation }) => conversation),
  );
  return new Map(
    all.map((around) => [
      around.conversation.id,
      {
        siblings: (around.session.hmac_verified && siblings.get(around.session.contact_id)) || [],
        last: last.get(around.conversation.id),
        ...around,
      },
    ]),
  );
}

/** The newest message of each that is neither private nor an activity, by conversation. */
async function lastMessages(db: Sql, rows: readonly ConversationRow[]): Promise<Map<number, MessageParts>> {
  const messages = await findMessages(
    db,
    rows.flatMap(({ last_public_message_id }) => last_public_message_id ?? []),
  );
  const displayIds = new Map(rows.map(({ id, display_id }) => [id, display_id]));
  const parts = await loadParts(db, messages, displayIds);
  return new Map(parts.map((part) => [part.message.conversation_id, part]));
}

export type NewMessage = Pick<MessageRow, 'message_type'> & Partial<MessageRow>;

/** A complete row for a message in this conversation; what is not given is empty. */
export function messageRow(
  app: App,
  conversation: ConversationRow,
  id: number,
  given: NewMessage,
): MessageRow {
  const now = app.now();
  return {
    id,
    account_id: conversation.account_id,
    inbox_id: conversation.inbox_id,
    conversation_id: conversation.id,
    message_type: given.message_type,
    content: given.content ?? null,
    content_type: given.content_type ?? 'text',
    content_attributes: given.content_attributes ?? '{}',
    additional_attributes: given.additional_attributes ?? '{}',
    private: given.private ?? 0,
    status: given.status ?? 'sent',
    source_id: given.source_id ?? null,
    sender_type: given.sender_type ?? null,
    sender_id: given.sender_id ?? null,
    echo_id: given.echo_id ?? null,
    echo_key: given.echo_key ?? null,
    request_hash: given.request_hash ?? null,
    created_at: given.created_at ?? now,
    updated_at: given.updated_at ?? now,
  };
}

/** Columns by which a conversation remembers its newest messages. */
export function rememberMessage(
  conversation: ConversationRow,
  message: MessageRow,
): Partial<ConversationRow> {
  const isPublic = !message.private && message.message_type !== MessageType.activity;
  return {
    last_message_id: message.id,
    ...(message.message_type !== MessageType.activity && { last_non_activity_message_id: message.id }),
    ...(isPublic && { last_public_message_id: message.id }),
    last_activity_at:
      message.message_type === MessageType.activity ? conversation.last_activity_at : message.created_at,
    updated_at: message.created_at,
    ...(message.message_type === MessageType.incoming && {
      unread_count: conversation.unread_count + 1,
      last_incoming_at: message.created_at,
    }),
    ...(message.message_type === MessageType.outgoing &&
      !message.private && { has_outgoing: 1, last_agent_message_at: message.created_at }),
    ...(message.message_type === MessageType.template && {
      has_template: 1,
      last_template_at: message.created_at,
    }),
    ...(message.content_type === 'input_csat' && { has_csat: 1 }),
  };
}
