/**
 * The state of one batch of messages: the loaded conversations as the messages before have changed them, and what
 * `write-batch.ts` will write and publish. Nothing here does I/O.
 */
import type { Sender } from '@hoory/contract';
import type { App } from '../app.ts';
import { isForContact } from '../conversations/record/audience.ts';
import { loadedRow } from '../db/loaded-rows.ts';
import type { AttachmentRow, ContactRow, ConversationRow, MessageRow } from '../db/tables.ts';
import type { DomainEvent } from '../events/domain-events.ts';
import type { NewAttachment } from '../files/attachments.ts';
import type { ConversationEvent, MessageEvent } from './emit-events.ts';
import type { LoadedBatch } from './load-batch.ts';
import type { LoadedConversation } from './loaded-conversation.ts';
import type { Performer } from './message-input.ts';
import { columnsAfterMessage, type NewMessage, toMessageRow } from './new-message.ts';
import type { MessageParts } from './wire.ts';

/** An event for the sockets, with the conversation as it was when the event happened. */
export type BatchEvent =
  | { name: ConversationEvent; loaded: LoadedConversation; parts: undefined; performer: undefined }
  | { name: MessageEvent; loaded: LoadedConversation; parts: MessageParts; performer: Performer | undefined };

export interface NewBatchMessage {
  message: NewMessage;
  attachments?: readonly NewAttachment[];
  sender: Sender | undefined;
}

export class BatchState {
  readonly app: App;
  /** The first message of each echo key by `echoNameOf`: of earlier requests, and of this batch. */
  readonly firstByEcho: Map<string, MessageParts>;
  readonly messages: MessageRow[] = [];
  readonly attachments: AttachmentRow[] = [];
  /** Rows of changed conversations as they were loaded, by id. */
  readonly changedConversations = new Map<number, ConversationRow>();
  /** Changed contacts by id, as they were loaded and as they are now. */
  readonly changedContacts = new Map<number, { before: ContactRow; after: ContactRow }>();
  readonly events: BatchEvent[] = [];
  readonly domainEvents: DomainEvent[] = [];
  readonly #conversations: Map<number, LoadedConversation>;
  readonly #messageIds: Iterator<number>;
  readonly #attachmentIds: Iterator<number>;

  constructor(
    app: App,
    { conversations, firstByEcho, messageIds, attachmentIds }: Omit<LoadedBatch, 'prefetched'>,
  ) {
    this.app = app;
    this.firstByEcho = firstByEcho;
    this.#conversations = conversations;
    this.#messageIds = messageIds.values();
    this.#attachmentIds = attachmentIds.values();
  }

  /** A conversation as it is now; undefined when it does not exist. */
  find(conversation_id: number): LoadedConversation | undefined {
    return this.#conversations.get(conversation_id);
  }

  /** A loaded conversation as it is now. */
  get(conversation_id: number): LoadedConversation {
    return loadedRow(this.#conversations, conversation_id);
  }

  changeConversation(id: number, changes: Partial<ConversationRow>): void {
    const loaded = this.get(id);
    if (!this.changedConversations.has(id)) this.changedConversations.set(id, loaded.conversation);
    this.#conversations.set(id, { ...loaded, conversation: { ...loaded.conversation, ...changes } });
  }

  /** Adds a message and its attachments to a conversation, which remembers it as its newest. */
  addMessage(
    conversation_id: number,
    { message: given, attachments, sender }: NewBatchMessage,
  ): MessageParts {
    const { conversation } = this.get(conversation_id);
    const message = toMessageRow(this.app, conversation, next(this.#messageIds), given);
    const files = (attachments ?? []).map((attachment) => this.#toAttachmentRow(message, attachment));
    const parts = { message, attachments: files, sender, display_id: conversation.display_id };
    this.messages.push(message);
    this.attachments.push(...files);
    this.changeConversation(conversation_id, columnsAfterMessage(conversation, message));
    if (isForContact(message))
      this.#conversations.set(conversation_id, { ...this.get(conversation_id), last: parts });
    return parts;
  }

  #toAttachmentRow(message: MessageRow, attachment: NewAttachment): AttachmentRow {
    return {
      id: next(this.#attachmentIds),
      message_id: message.id,
      conversation_id: message.conversation_id,
      account_id: message.account_id,
      created_at: message.created_at,
      ...attachment,
    };
  }

  /** Moves a contact's last activity. @param time milliseconds since 1970 */
  touchContact(contact: ContactRow, time: number): void {
    const before = this.changedContacts.get(contact.id)?.before ?? contact;
    this.changedContacts.set(contact.id, {
      before,
      after: { ...contact, last_activity_at: time, updated_at: time },
    });
  }

  addConversationEvent(name: ConversationEvent, conversation_id: number): void {
    this.events.push({ name, loaded: this.get(conversation_id), parts: undefined, performer: undefined });
  }

  addMessageEvent(name: MessageEvent, parts: MessageParts, performer?: Performer): void {
    this.events.push({ name, loaded: this.get(parts.message.conversation_id), parts, performer });
  }
}

/** `loadBatch` has counted the rows: that an id is missing is a bug. */
function next(ids: Iterator<number>): number {
  const { done, value } = ids.next();
  if (done) throw new Error('The batch makes more rows than were counted');
  return value;
}
