/**
 * The message path, written for many and called with one (decisions.md 5): loads the conversations of a batch in
 * one read a table, decides each message with pure rules, writes with multi-row statements.
 */

import type { ConversationStatus, EventAgentBot, EventUser, Sender } from '@hoory/contract';
import { MessageType } from '@hoory/contract';
import type { App } from '../app.ts';
import type { SessionCaller } from '../caller.ts';
import { emitContactEvent } from '../contacts/events.ts';
import { toEventContact } from '../contacts/wire.ts';
import { statusAttributes } from '../conversations/record/changes.ts';
import { reopenedStatus, statusChanges } from '../conversations/record/rules.ts';
import { isStillOwn } from '../conversations/record/session-scope.ts';
import type { BatchVerb, Outcome, Tx } from '../db/db.ts';
import type { AttachmentRow, ContactRow, ConversationRow, MessageRow } from '../db/tables.ts';
import { invalid, notFound, type Refusal, StaleCaller, unprocessable } from '../errors.ts';
import type { DomainEvent } from '../events/domain-events.ts';
import { conversationEvent } from '../events/domain-events.ts';
import type { PrefetchedData } from '../events/listeners.ts';
import type { NewAttachment } from '../files/attachments.ts';
import type { Upload } from '../http/upload.ts';
import { emitConversationEvent, emitMessageEvent } from './emit-events.ts';
import {
  type LoadedConversation,
  lockConversations,
  messageRow,
  type NewMessage,
  rememberMessage,
} from './loaded-conversation.ts';
import { floodLimit, templateFor } from './rules.ts';
import { type Echo, findByEcho, loadPartsOf } from './store.ts';
import type { MessageParts } from './wire.ts';

export interface PostInput<Answer> {
  app: App;
  conversation_id: number;
  message: NewMessage;
  /** Who is shown as its sender; the contact's own messages show the contact as it is in the transaction. */
  sender: Sender | 'contact' | undefined;
  attachments: readonly NewAttachment[];
  /** Given where the caller may come from the cache. */
  caller?: SessionCaller;
  /** Added to the event for agents only: who caused it (cable.md section C.1). */
  performer?: EventUser | EventAgentBot;
  answer(parts: MessageParts): Answer;
}

/** Posts `input` in the next batch (`db/group-commit.ts`). A repeat of its `echo_key` answers with the first message. */
export function postMessage<Answer>(app: App, input: Omit<PostInput<Answer>, 'app'>): Promise<Answer> {
  return app.db.writeMany(postMessages as BatchVerb<PostInput<Answer>, Answer>, { app, ...input });
}

/**
 * Keeps the uploads that the answered message holds. A repeat shows the first message's files; those that came with it
 * are then in the way and go with the request.
 */
export async function keepStored<Answer>(
  uploads: readonly Upload[],
  post: (stored: (parts: MessageParts) => void) => Promise<Answer>,
): Promise<Answer> {
  let keys: (string | null)[] = [];
  const answer = await post(({ attachments }) => {
    keys = attachments.flatMap(({ file_key, thumb_key }) => [file_key, thumb_key]);
  });
  for (const upload of uploads) upload.isUsed = keys.includes(upload.key);
  return answer;
}

/** What a batch has changed so far, written at its end. */
interface Writing {
  app: App;
  tx: Tx;
  ids: number[];
  loadedById: Map<number, LoadedConversation>;
  changed: Set<number>;
  /** Those of `changed` whose status, or a time that goes with it, is another. */
  restated: Set<number>;
  /** As they are now, and as they were before. */
  contacts: Map<number, [now: ContactRow, before: ContactRow]>;
  messages: MessageRow[];
  attachments: AttachmentRow[];
  attachmentIds: number[];
  events: DomainEvent[];
}

/** As `postMessage`, inside a transaction that has other things to do as well. @throws what refuses the first */
export async function postWithin(tx: Tx, inputs: readonly PostInput<unknown>[]): Promise<void> {
  if (!inputs.length) return;
  for (const outcome of await postMessages(tx, inputs)) if ('refusal' in outcome) throw outcome.refusal;
}

const postMessages: BatchVerb<PostInput<unknown>, unknown> = async (tx, batch) => {
  const app = (batch[0] as PostInput<unknown>).app;
  const conversation_ids = batch.map(({ conversation_id }) => conversation_id);
  // In this order: an id that was taken before the lock could be smaller than one that is stored already.
  const [loadedById, rows, ids, prefetched] = await Promise.all([
    lockConversations(
      tx,
      conversation_ids,
      ({ conversation, inbox, contact }) => reopenedStatus(conversation, inbox, contact) !== undefined,
    ),
    findByEcho(tx, batch.flatMap(echoesOf)),
    tx.nextIds('messages', batch.length),
    app.listeners.prefetch(tx, conversation_ids),
  ]);
  const known = await loadEchoes(tx, rows, loadedById);
  const fresh = batch.filter(
    (input) => loadedById.has(input.conversation_id) && !known.has(echoNameOf(input) ?? ''),
  );
  const more = idsNeeded(app, fresh, loadedById) - batch.length;
  const files = fresh.reduce((sum, { attachments }) => sum + attachments.length, 0);
  const writing: Writing = {
    app,
    tx,
    ids: more > 0 ? [...ids, ...(await tx.nextIds('messages', more))] : ids,
    loadedById,
    changed: new Set(),
    restated: new Set(),
    contacts: new Map(),
    messages: [],
    attachments: [],
    attachmentIds: files ? await tx.nextIds('attachments', files) : [],
    events: [],
  };
  const outcomes: Outcome<unknown>[] = [];
  for (const input of batch) outcomes.push(postOne(writing, input, known));
  await write(writing, prefetched);
  return outcomes;
};

/** An upper bound: the message, an activity when it reopens, and an automatic answer. */
function idsNeeded(
  app: App,
  batch: readonly PostInput<unknown>[],
  loadedById: Map<number, LoadedConversation>,
): number {
  let count = 0;
  for (const { conversation_id, message } of batch) {
    const { conversation, inbox, contact } = loadedById.get(conversation_id) as LoadedConversation;
    count++;
    if (message.message_type !== MessageType.incoming) continue;
    if (reopenedStatus(conversation, inbox, contact)) count++;
    if (templateFor(conversation, inbox, app.now())) count++;
  }
  return count;
}

const echoNameOf = ({ conversation_id, message }: PostInput<unknown>) =>
  message.echo_key == null ? undefined : `${conversation_id} ${message.echo_key}`;

const echoesOf = ({ conversation_id, message }: PostInput<unknown>): Echo[] =>
  message.echo_key == null ? [] : [[conversation_id, message.echo_key]];

/** Messages that earlier requests of their echo keys have made. */
async function loadEchoes(
  tx: Tx,
  rows: readonly MessageRow[],
  loadedById: Map<number, LoadedConversation>,
): Promise<Map<string, MessageParts>> {
  const echoes = new Map<string, MessageParts>();
  for (const row of rows) {
    const { conversation } = loadedById.get(row.conversation_id) as LoadedConversation;
    const [parts] = await loadPartsOf(tx, conversation, [row]);
    echoes.set(`${row.conversation_id} ${row.echo_key}`, parts as MessageParts);
  }
  return echoes;
}

function postOne(
  writing: Writing,
  input: PostInput<unknown>,
  known: Map<string, MessageParts>,
): Outcome<unknown> {
  const loaded = writing.loadedById.get(input.conversation_id);
  if (input.caller?.isCached && !(loaded && isStillOwn(input.caller, loaded)))
    return { refusal: new StaleCaller() };
  if (!loaded) return { refusal: notFound() };
  const echo = echoNameOf(input);
  const first = echo === undefined ? undefined : known.get(echo);
  if (first) return repeat(input, first);
  const refusal = refusalFor(writing.app, input);
  if (refusal) return { refusal };
  const parts =
    input.message.message_type === MessageType.incoming
      ? receive(writing, input, loaded)
      : add(writing, input, loaded);
  if (echo !== undefined) known.set(echo, parts);
  return { answer: input.answer(parts) };
}

function repeat(input: PostInput<unknown>, first: MessageParts): Outcome<unknown> {
  return first.message.request_hash === (input.message.request_hash ?? null)
    ? { answer: input.answer(first) }
    : { refusal: unprocessable('This echo_id was used before with a different message. Use a new one.') };
}

/** Whether an input is one too many. The group commit may run an input several times, which counts once. */
const tooMany = new WeakMap<PostInput<unknown>, boolean>();

function refusalFor(app: App, input: PostInput<unknown>): Refusal | undefined {
  if (input.message.message_type === MessageType.activity) return undefined;
  if (!tooMany.has(input))
    tooMany.set(input, app.limits.take(`flood:${input.conversation_id}`, floodLimit, 60_000) > 0);
  return tooMany.get(input) ? invalid('base', 'Too many messages') : undefined;
}

/** A customer's message and what it triggers, in the order of client-api.md section 6. */
function receive(writing: Writing, input: PostInput<unknown>, loaded: LoadedConversation): MessageParts {
  const { app } = writing;
  const status = reopenedStatus(loaded.conversation, loaded.inbox, loaded.contact);
  if (status) reopen(writing, loaded, status);
  const parts = add(writing, input, current(writing, loaded));
  const after = current(writing, loaded);
  if (after.conversation.waiting_since === null) {
    change(writing, after, { waiting_since: parts.message.created_at });
    emitConversationEvent(app, writing.tx, 'conversation.updated', current(writing, loaded));
    addEvents(writing, ['conversation_updated'], after);
  }
  const content = templateFor(after.conversation, after.inbox, app.now());
  if (content)
    insert(writing, current(writing, loaded), { message_type: MessageType.template, content }, undefined);
  touchContact(writing, loaded.contact, parts.message.created_at);
  return parts;
}

function reopen(writing: Writing, loaded: LoadedConversation, status: ConversationStatus): void {
  const { app, tx } = writing;
  change(writing, loaded, statusChanges(status, null, app.now()));
  emitConversationEvent(app, tx, 'conversation.status_changed', current(writing, loaded));
  const content = 'Conversation was reopened by a new message from the customer';
  insert(writing, current(writing, loaded), { message_type: MessageType.activity, content }, undefined);
  emitConversationEvent(app, tx, 'conversation.updated', current(writing, loaded));
  addEvents(writing, ['conversation_status_changed', 'conversation_updated'], loaded);
}

function addEvents(
  writing: Writing,
  names: readonly ('conversation_updated' | 'conversation_status_changed')[],
  before: LoadedConversation,
): void {
  const { conversation, contact } = current(writing, before);
  const changed_attributes = statusAttributes(before.conversation, conversation);
  const detail = { changed_attributes, by: { name: contact.name } };
  writing.events.push(...names.map((name) => conversationEvent(name, conversation, detail)));
}

/** The message itself; a public one of an agent or bot also ends the customer's wait (application-api.md section 7). */
function add(writing: Writing, input: PostInput<unknown>, loaded: LoadedConversation): MessageParts {
  const { app, tx } = writing;
  const sender = input.sender === 'contact' ? toEventContact(loaded.contact) : input.sender;
  const parts = insert(writing, loaded, input.message, sender, input);
  const { message } = parts;
  if (message.message_type !== MessageType.outgoing || message.private || message.sender_type === null)
    return parts;
  const before = current(writing, loaded);
  const { conversation } = before;
  const isFirst = conversation.first_reply_created_at === null && message.sender_type === 'User';
  if (isFirst) emitMessageEvent(app, tx, 'first.reply.created', current(writing, loaded), parts);
  if (isFirst || conversation.waiting_since !== null) {
    const first_reply_created_at = isFirst ? message.created_at : conversation.first_reply_created_at;
    change(writing, current(writing, loaded), { waiting_since: null, first_reply_created_at });
    emitConversationEvent(app, tx, 'conversation.updated', current(writing, loaded));
    addEvents(writing, ['conversation_updated'], before);
  }
  return parts;
}

function insert(
  writing: Writing,
  loaded: LoadedConversation,
  given: NewMessage,
  sender: Sender | undefined,
  input?: PostInput<unknown>,
): MessageParts {
  const { app, tx } = writing;
  const message = messageRow(app, loaded.conversation, writing.ids.shift() as number, given);
  const attachments = (input?.attachments ?? []).map((attachment) => ({
    ...attachment,
    id: writing.attachmentIds.shift() as number,
    message_id: message.id,
    conversation_id: message.conversation_id,
    account_id: message.account_id,
    created_at: message.created_at,
  }));
  const parts: MessageParts = { message, attachments, sender, display_id: loaded.conversation.display_id };
  writing.messages.push(message);
  writing.attachments.push(...attachments);
  change(writing, loaded, rememberMessage(loaded.conversation, message));
  if (!message.private && message.message_type !== MessageType.activity) {
    const now = current(writing, loaded);
    writing.loadedById.set(now.conversation.id, { ...now, last: parts });
  }
  emitMessageEvent(app, tx, 'message.created', current(writing, loaded), parts, {
    ...(input?.performer && { performer: input.performer }),
  });
  if (message.message_type !== MessageType.activity)
    writing.events.push({
      event: 'message_created',
      account_id: message.account_id,
      inbox_id: message.inbox_id,
      conversation_id: message.conversation_id,
      detail: { message_id: message.id, is_private: message.private === 1 },
    });
  return parts;
}

const current = (writing: Writing, loaded: LoadedConversation) =>
  writing.loadedById.get(loaded.conversation.id) as LoadedConversation;

function change(writing: Writing, loaded: LoadedConversation, changes: Partial<ConversationRow>): void {
  const conversation = { ...loaded.conversation, ...changes };
  writing.loadedById.set(conversation.id, { ...current(writing, loaded), conversation });
  writing.changed.add(conversation.id);
  if (seldom.some((column) => conversation[column] !== loaded.conversation[column]))
    writing.restated.add(conversation.id);
}

function touchContact(writing: Writing, contact: ContactRow, time: number): void {
  const before = writing.contacts.get(contact.id)?.[1] ?? contact;
  writing.contacts.set(contact.id, [{ ...contact, last_activity_at: time, updated_at: time }, before]);
}

/** Written only where a message changed them: each is in several indexes, which are written anew with their column. */
const seldom = ['status', 'snoozed_until', 'waiting_since', 'first_reply_created_at'] as const;

const always = [
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
  'updated_at',
] as const;

async function write(writing: Writing, prefetched: PrefetchedData): Promise<void> {
  const { app, tx, messages, attachments, loadedById, changed, restated, contacts, events } = writing;
  const conversations = [...changed]
    .sort((a, b) => a - b)
    .map((id) => (loadedById.get(id) as LoadedConversation).conversation);
  const people = [...contacts.values()].map(([contact]) => contact).sort((a, b) => a.id - b.id);
  tx.awaitAtCommit(
    Promise.all([
      tx.insertMany('messages', messages),
      tx.insertMany('attachments', attachments),
      tx.updateMany('conversations', conversations, always),
      tx.updateMany(
        'conversations',
        conversations.filter(({ id }) => restated.has(id)),
        seldom,
      ),
      tx.updateMany('contacts', people, ['last_activity_at', 'updated_at']),
    ]),
  );
  const contactEvents = [...contacts.values()].flatMap(([contact, before]) =>
    emitContactEvent(tx, { event: 'contact.updated', contact, before }),
  );
  await app.listeners.notify(tx, [...events, ...contactEvents], prefetched);
}
