/** A message and what it triggers in its conversation, in the order of client-api.md section 6. Nothing here does I/O. */
import { type ConversationStatus, MessageType } from '@hoory/contract';
import { toEventContact } from '../contacts/wire.ts';
import { statusAttributes } from '../conversations/record/changes.ts';
import { reopenedStatus, statusChanges } from '../conversations/record/rules.ts';
import type { ConversationRow } from '../db/tables.ts';
import { conversationEvent } from '../events/domain-events.ts';
import type { BatchState, NewBatchMessage } from './batch-state.ts';
import type { MessageInput, Performer } from './message-input.ts';
import { templateFor } from './rules.ts';
import type { MessageParts } from './wire.ts';

/** A message of the contact: it may reopen the conversation, begins the contact's wait, and may get an automatic answer. */
export function addContactMessage(state: BatchState, input: MessageInput): MessageParts {
  const { conversation_id } = input;
  const { conversation, inbox, contact } = state.get(conversation_id);
  const status = reopenedStatus(conversation, inbox, contact);
  if (status) reopen(state, conversation, status);
  const parts = addSentMessage(state, input);
  const { created_at } = parts.message;
  const after = state.get(conversation_id).conversation;
  if (after.waiting_since === null) {
    state.changeConversation(conversation_id, { waiting_since: created_at });
    state.addConversationEvent('conversation.updated', conversation_id);
    addDomainEvents(state, ['conversation_updated'], after);
  }
  const content = templateFor(after, inbox, state.app.now());
  if (content) addSystemMessage(state, conversation_id, { message_type: MessageType.template, content });
  state.touchContact(contact, created_at);
  return parts;
}

function reopen(state: BatchState, before: ConversationRow, status: ConversationStatus): void {
  const { id } = before;
  state.changeConversation(id, statusChanges(status, null, state.app.now()));
  state.addConversationEvent('conversation.status_changed', id);
  const content = 'Conversation was reopened by a new message from the customer';
  addSystemMessage(state, id, { message_type: MessageType.activity, content });
  state.addConversationEvent('conversation.updated', id);
  addDomainEvents(state, ['conversation_status_changed', 'conversation_updated'], before);
}

/** The message itself. A public one of an agent or a bot also ends the contact's wait (application-api.md section 7). */
export function addSentMessage(state: BatchState, input: MessageInput): MessageParts {
  const { conversation_id, performer, message: given, attachments } = input;
  const { contact } = state.get(conversation_id);
  const sender = input.sender === 'contact' ? toEventContact(contact) : input.sender;
  const parts = insert(state, conversation_id, { message: given, attachments, sender }, performer);
  const { message } = parts;
  if (message.message_type === MessageType.outgoing && !message.private && message.sender_type !== null)
    endWait(state, parts);
  return parts;
}

/** The first answer of an agent also counts as the conversation's first reply. */
function endWait(state: BatchState, parts: MessageParts): void {
  const { message } = parts;
  const { conversation: before } = state.get(message.conversation_id);
  const isFirstReply = before.first_reply_created_at === null && message.sender_type === 'User';
  if (isFirstReply) state.addMessageEvent('first.reply.created', parts);
  if (!isFirstReply && before.waiting_since === null) return;
  const first_reply_created_at = isFirstReply ? message.created_at : before.first_reply_created_at;
  state.changeConversation(before.id, { waiting_since: null, first_reply_created_at });
  state.addConversationEvent('conversation.updated', before.id);
  addDomainEvents(state, ['conversation_updated'], before);
}

const addSystemMessage = (
  state: BatchState,
  conversation_id: number,
  message: NewBatchMessage['message'],
): void => void insert(state, conversation_id, { message, sender: undefined });

function insert(
  state: BatchState,
  conversation_id: number,
  given: NewBatchMessage,
  performer?: Performer,
): MessageParts {
  const parts = state.addMessage(conversation_id, given);
  state.addMessageEvent('message.created', parts, performer);
  const { message } = parts;
  if (message.message_type !== MessageType.activity)
    state.domainEvents.push({
      event: 'message_created',
      account_id: message.account_id,
      inbox_id: message.inbox_id,
      conversation_id,
      detail: parts,
    });
  return parts;
}

/** Tells listeners what differs from `before`; the contact is the author. */
function addDomainEvents(
  state: BatchState,
  names: readonly ('conversation_updated' | 'conversation_status_changed')[],
  before: ConversationRow,
): void {
  const { conversation, contact } = state.get(before.id);
  const changed_attributes = statusAttributes(before, conversation);
  const detail = { changed_attributes, by: { name: contact.name } };
  state.domainEvents.push(...names.map((name) => conversationEvent(name, conversation, detail)));
}
