/** The status of a message whose delivery failed for good (webhooks.md sections 3 and 7). */
import { type MessageStatus, MessageType } from '@hoory/contract';
import type { App } from '../app.ts';
import type { Tx } from '../db/db.ts';
import type { MessageRow } from '../db/tables.ts';
import { findFreeForm, readBase } from '../free-form.ts';
import type { LoadedConversation } from '../messages/loaded-conversation.ts';
import { updateMessage } from '../messages/update.ts';

export interface MessageFailure {
  loaded: LoadedConversation;
  message_id: number;
  error: string;
}

/**
 * Marks a message failed that the channel's webhook did not accept, if it was sent to the customer and is not read. The same error
 * again changes nothing, so that the event of this change causes no further change.
 * @returns the earlier status of the message, when this call marked it failed
 */
export async function markMessageFailed(
  app: App,
  tx: Tx,
  { loaded, message_id, error }: MessageFailure,
): Promise<MessageStatus | undefined> {
  const message = await findConversationMessage(tx, loaded, message_id);
  if (!message || message.private || message.status === 'read') return undefined;
  if (message.message_type !== MessageType.outgoing && message.message_type !== MessageType.template)
    return undefined;
  await updateMessage(app, tx, loaded, { message, changes: toStatusColumns(message, 'failed', error) });
  return message.status === 'failed' ? undefined : message.status;
}

/** The webhook accepted the message after a retry: restores the status before `markMessageFailed`, unless it was changed since. */
export async function restoreMessageStatus(
  app: App,
  tx: Tx,
  { loaded, message_id, status }: Omit<MessageFailure, 'error'> & { status: MessageStatus },
): Promise<void> {
  const message = await findConversationMessage(tx, loaded, message_id);
  if (message?.status === 'failed')
    await updateMessage(app, tx, loaded, { message, changes: toStatusColumns(message, status, null) });
}

const findConversationMessage = (
  tx: Tx,
  { conversation }: LoadedConversation,
  id: number,
): Promise<MessageRow | undefined> =>
  tx.get(
    tx.q
      .selectFrom('messages')
      .selectAll()
      .where('id', '=', id)
      .where('conversation_id', '=', conversation.id),
  );

/**
 * Bridges know a message that is on its way again by an error of null (application-api.md section 7). An error for which
 * the attributes have no room is left out.
 */
function toStatusColumns(
  message: MessageRow,
  status: MessageStatus,
  error: string | null,
): Partial<MessageRow> {
  const content_attributes = findFreeForm({
    ...readBase(message.content_attributes),
    external_error: error,
  });
  return { status, ...(content_attributes && { content_attributes }) };
}
