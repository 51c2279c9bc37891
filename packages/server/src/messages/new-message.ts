/** The row of a new message, and what it changes in the row of its conversation. */
import { MessageType } from '@hoory/contract';
import type { App } from '../app.ts';
import { isForContact } from '../conversations/record/audience.ts';
import type { ConversationRow, MessageRow } from '../db/tables.ts';

export type NewMessage = Pick<MessageRow, 'message_type'> & Partial<MessageRow>;

/** A complete row; columns that are not given get their default. */
export function toMessageRow(
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

/** Columns of the conversation that its newest message sets, so that lists and events need no count and no search. */
export function columnsAfterMessage(
  conversation: ConversationRow,
  message: MessageRow,
): Partial<ConversationRow> {
  const { id, message_type, created_at } = message;
  const isActivity = message_type === MessageType.activity;
  return {
    last_message_id: id,
    message_count: conversation.message_count + 1,
    ...(!isActivity && { last_non_activity_message_id: id }),
    ...(isForContact(message) && { last_public_message_id: id }),
    last_activity_at: isActivity ? conversation.last_activity_at : created_at,
    updated_at: created_at,
    ...(message_type === MessageType.incoming && {
      unread_count: conversation.unread_count + 1,
      last_incoming_at: created_at,
    }),
    ...(message_type === MessageType.outgoing &&
      !message.private && { has_outgoing: 1, last_agent_message_at: created_at }),
    ...(message_type === MessageType.template && { has_template: 1, last_template_at: created_at }),
    ...(message.content_type === 'input_csat' && { has_csat: 1 }),
  };
}
