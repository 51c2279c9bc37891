/** The contact's verbs on conversations (client-api.md 5.5 to 5.10). */
import type { Conversation, clientConversations, Input, Message } from '@hoory/contract';
import { sql } from 'kysely';
import type { App } from '../app.ts';
import type { SessionCaller } from '../caller.ts';
import { toEventContact } from '../contacts/wire.ts';
import { checkCustomAttributes } from '../custom-attributes/check.ts';
import type { Sql, Tx } from '../db/db.ts';
import type { ConversationRow, MessageRow } from '../db/tables.ts';
import type { Routes } from '../http/routes.ts';
import { emitConversationEvent } from '../messages/emit-events.ts';
import { type LoadedConversation, lockConversation } from '../messages/loaded-conversation.ts';
import { listNewestRows, loadParts } from '../messages/store.ts';
import { updateMessages } from '../messages/update.ts';
import { toMessage } from '../messages/wire.ts';
import { toBefore } from '../text.ts';
import { getRelatedRows } from './record/related-rows.ts';
import { initialStatus } from './record/rules.ts';
import { contactScope, conversationScope } from './record/scope.ts';
import { getOwnConversation, listOwnConversations } from './record/session-scope.ts';
import { insertConversation, lockLatestConversation, sendUpdate } from './record/store.ts';
import { toConversation } from './record/wire.ts';
import { changeStatus } from './status.ts';
import { publishTyping } from './typing.ts';

type Endpoints = typeof clientConversations;

export const clientConversationRoutes: Routes<Endpoints> = {
  createConversation,
  listConversations: async (app, caller, { before }) => {
    const conversations = await listOwnConversations(app.db, caller, toBefore(before));
    const messages = await newestMessages(app, app.db, conversations, listedMessages);
    return conversations.map((conversation) => show(caller, conversation, messages));
  },
  getConversation: async (app, caller, { conversation_id }) =>
    showConversation(app, app.db, caller, await getOwnConversation(app, caller, conversation_id)),
  toggleStatus,
  toggleTyping,
  updateLastSeen,
};

/** Starts a conversation, or returns the newest one of the session where the inbox allows one for each session. */
async function createConversation(
  app: App,
  caller: SessionCaller,
  { custom_attributes = {} }: Input<Endpoints['createConversation']>,
): Promise<Conversation> {
  return app.db.write(async (tx) => {
    const existing = caller.inbox.lock_to_single_conversation
      ? await lockLatestConversation(tx, caller.session.id)
      : undefined;
    if (existing) return showConversation(app, tx, caller, existing);
    await checkCustomAttributes(tx, {
      account_id: caller.session.account_id,
      attribute_model: 'conversation_attribute',
      given: custom_attributes,
    });
    const status = initialStatus(caller.inbox, caller.contact);
    const row = await insertConversation(app, tx, { session: caller.session, status, custom_attributes });
    const loaded = await lockConversation(tx, row.id);
    emitConversationEvent(app, tx, 'conversation.created', loaded);
    const { account_id, inbox_id, id: conversation_id } = row;
    await app.listeners.notify(tx, [
      {
        event: 'conversation_created',
        account_id,
        inbox_id,
        conversation_id,
        detail: { status: row.status },
      },
    ]);
    return toConversation({ conversation: row, contact: caller.contact }, []);
  }, contactScope(caller.session.contact_id));
}

/** The newest messages of each conversation in a list: as many as a page of messages. */
const listedMessages = 20;

/** The newest messages of a conversation that is read alone. */
const maxMessages = 1000;

/** The newest messages that the contact may read, by conversation, oldest first: at most `most` of each. */
async function newestMessages(
  app: App,
  db: Sql,
  conversations: readonly ConversationRow[],
  most: number,
): Promise<Map<number, Message[]>> {
  const byConversation = new Map<number, Message[]>(conversations.map(({ id }) => [id, []]));
  if (!conversations.length) return byConversation;
  const rows = await listNewestRows(db, [...byConversation.keys()], most);
  for (const part of await loadParts(db, rows, conversations))
    byConversation.get(part.message.conversation_id)?.push(toMessage(app, part));
  return byConversation;
}

const show = (
  { contact }: SessionCaller,
  conversation: ConversationRow,
  messages: Map<number, Message[]>,
): Conversation => toConversation({ conversation, contact }, messages.get(conversation.id) ?? []);

async function showConversation(
  app: App,
  db: Sql,
  caller: SessionCaller,
  conversation: ConversationRow,
): Promise<Conversation> {
  return show(caller, conversation, await newestMessages(app, db, [conversation], maxMessages));
}

/** Resolves the conversation. Only a message reopens it (client-api.md 5.8). */
async function toggleStatus(
  app: App,
  caller: SessionCaller,
  input: Input<Endpoints['toggleStatus']>,
): Promise<Conversation> {
  const seen = await getOwnConversation(app, caller, input.conversation_id);
  const conversation = await app.db.write(async (tx) => {
    const loaded = await lockConversation(tx, seen.id);
    const by = { name: loaded.contact.name };
    return (await changeStatus(app, tx, loaded, { status: 'resolved', by })).conversation;
  }, conversationScope(seen));
  // Its messages are read outside of the transaction.
  return showConversation(app, app.db, caller, conversation);
}

/** Publishes to agents; nothing is stored. */
async function toggleTyping(
  app: App,
  caller: SessionCaller,
  input: Input<Endpoints['toggleTyping']>,
): Promise<void> {
  const conversation = await getOwnConversation(app, caller, input.conversation_id);
  if (input.typing_status !== 'on' && input.typing_status !== 'off') return;
  const related = await getRelatedRows(app.db, conversation);
  await publishTyping(app, related, {
    status: input.typing_status,
    user: toEventContact(related.contact),
    is_private: false,
    isForContact: false,
  });
}

/** Marks everything up to now as read, in batches, and emits what changed (client-api.md 5.10). */
async function updateLastSeen(
  app: App,
  caller: SessionCaller,
  input: Input<Endpoints['updateLastSeen']>,
): Promise<void> {
  const seen = await getOwnConversation(app, caller, input.conversation_id);
  const scope = conversationScope(seen);
  const now = app.now();
  let isDone = await app.db.write(async (tx) => {
    const before = await lockConversation(tx, seen.id);
    const conversation = sendUpdate(tx, before.conversation, {
      contact_last_seen_at: now,
      updated_at: now,
    });
    const loaded = { ...before, conversation };
    emitConversationEvent(app, tx, 'conversation.read', loaded);
    return markRead(app, tx, loaded, now);
  }, scope);
  while (!isDone)
    isDone = await app.db.write(
      async (tx) => markRead(app, tx, await lockConversation(tx, seen.id), now),
      scope,
    );
}

/** Messages that one transaction marks as read. */
const readBatchSize = 100;

/**
 * Marks a batch of the oldest messages to the contact as read.
 * @param now milliseconds since 1970: later messages stay unread
 * @returns whether no message up to `now` is left
 */
async function markRead(app: App, tx: Tx, loaded: LoadedConversation, now: number): Promise<boolean> {
  const lists: MessageRow[][] = await Promise.all(
    (['sent', 'delivered'] as const).map((status) =>
      tx.all(
        tx.q
          .selectFrom('messages')
          .selectAll()
          .where('conversation_id', '=', loaded.conversation.id)
          .where('status', '=', status)
          .where(isUnseen)
          .where('created_at', '<=', now)
          .orderBy('id')
          .limit(readBatchSize),
      ),
    ),
  );
  const unread = lists
    .flat()
    .sort((a, b) => a.id - b.id)
    .slice(0, readBatchSize);
  const changes = unread.map((message) => ({ message, changes: { status: 'read' as const } }));
  await updateMessages(app, tx, loaded, changes);
  return unread.length < readBatchSize;
}

/** The condition of the index `messages_unseen`, which PostgreSQL uses for exactly this condition only. */
const isUnseen = sql<boolean>`message_type <> 0 and status <> 'read'`;
