/** The SQL of messages and attachments, and of the rows that the wire shows with them. */
import { MessageType, own, type Sender, type SenderType } from '@hoory/contract';
import { sql } from 'kysely';
import { findBots } from '../agent-bots/store.ts';
import { toEventBot } from '../agent-bots/wire.ts';
import { type NamedUser, toEventUser } from '../agents/sender.ts';
import { type NestedContactRow, nestedContactColumns, toEventContact } from '../contacts/wire.ts';
import type { Sql, Tx } from '../db/db.ts';
import { isAnyOf, isAnySelected, listValue } from '../db/dialect.ts';
import { jsonRows } from '../db/json-rows.ts';
import { preparedQuery } from '../db/prepared-query.ts';
import type { AttachmentRow, ConversationRow, MessageRow } from '../db/tables.ts';
import type { EchoKey } from './echo.ts';
import {
  type EventMessageRow,
  eventMessageColumns,
  type MessageParts,
  type MessageViewRow,
  messageViewColumns,
} from './wire.ts';

const messagesByIds = preparedQuery((q, param: { ids: unknown }, db) =>
  q
    .selectFrom('messages')
    .selectAll()
    .where(isAnyOf(db, 'id', param.ids)),
);
const attachmentsOf = preparedQuery((q, param: { ids: unknown }, db) =>
  q
    .selectFrom('attachments')
    .selectAll()
    .where(isAnyOf(db, 'message_id', param.ids))
    .orderBy('id'),
);
const contactsByIds = preparedQuery((q, param: { ids: unknown }, db) =>
  q
    .selectFrom('contacts')
    .select(nestedContactColumns)
    .where(isAnyOf(db, 'id', param.ids)),
);
const usersByIds = preparedQuery((q, param: { ids: unknown }, db) =>
  q
    .selectFrom('users')
    .select(['id', 'name', 'display_name', 'avatar_url'])
    .where(isAnyOf(db, 'id', param.ids)),
);

/** Messages by id; ids that do not exist are missing in the answer. */
export async function findMessages(db: Sql, ids: readonly number[]): Promise<MessageRow[]> {
  if (!ids.length) return [];
  return db.all(messagesByIds(db, { ids: listValue(db, ids) }));
}

/** A message of a list, with whether it has attachments (1 or 0): most lists have none, and need no read of them. */
type Listed<Row> = Row & { has_attachments: number };

/** Not `exists`, which PostgreSQL may answer by reading the whole table of attachments into a hash. */
const hasAttachments = sql<number>`case when
  (select attachments.id from attachments where attachments.message_id = messages.id limit 1) is null then 0 else 1 end`;

/** Like `findMessages`, with the columns that events show. */
export const findEventMessages = (db: Sql, ids: readonly number[]): Promise<Listed<EventMessageRow>[]> =>
  ids.length ? eventMessagesByIds(db, { ids: listValue(db, ids) }) : Promise.resolve([]);

const eventMessagesByIds = jsonRows<{ ids: unknown }, Listed<EventMessageRow>>(
  [...eventMessageColumns, 'has_attachments'],
  (q, param, db) =>
    q
      .selectFrom('messages')
      .select(eventMessageColumns)
      .select(hasAttachments.as('has_attachments'))
      .where(isAnyOf(db, 'id', param.ids)),
);

// Each pair is looked up in the unique index by itself: PostgreSQL would read the whole table for a list of unknown length.
const messagesByEcho = preparedQuery((_q, param: { echoes: string }, db) =>
  db.dialect === 'sqlite'
    ? sql<MessageRow>`select messages.* from json_each(${param.echoes}) as echo cross join messages
        on conversation_id = echo.value ->> 0 and echo_key = echo.value ->> 1`
    : sql<MessageRow>`
        select found.*
        from (select (value ->> 0)::bigint as conversation, value ->> 1 as key from json_array_elements(${param.echoes}::json) offset 0) as echo,
          lateral (select * from messages where conversation_id = echo.conversation and echo_key = echo.key offset 0) as found`,
);

/** Messages by echo key, also those that this transaction has written; unknown keys are missing in the answer. */
export async function findByEcho(tx: Tx, echoes: readonly EchoKey[]): Promise<MessageRow[]> {
  if (!echoes.length) return [];
  const pairs = echoes.map(({ conversation_id, echo_key }) => [conversation_id, echo_key]);
  return tx.all(messagesByEcho(tx, { echoes: JSON.stringify(pairs) }));
}

const lastPublicIds = (db: Pick<Sql, 'dialect'>, conversations: unknown) =>
  sql`select last_public_message_id from conversations where ${isAnyOf(db, 'id', conversations)}`;

const lastOfConversations = preparedQuery((q, param: { ids: unknown }, db) =>
  q
    .selectFrom('messages')
    .selectAll()
    .where(isAnySelected(db, 'id', lastPublicIds(db, param.ids))),
);

const filesOfLast = preparedQuery((q, param: { ids: unknown }, db) =>
  q
    .selectFrom('attachments')
    .selectAll()
    .where(isAnySelected(db, 'message_id', lastPublicIds(db, param.ids)))
    .orderBy('id'),
);

export interface LastMessages {
  messages: MessageRow[];
  attachments: AttachmentRow[];
}

/** The newest message of each conversation that is neither private nor an activity, in one round trip with other reads. */
export async function findLastMessages(db: Sql, conversation_ids: readonly number[]): Promise<LastMessages> {
  const ids = listValue(db, [...new Set(conversation_ids)]);
  const [messages, attachments] = await Promise.all([
    db.all(lastOfConversations(db, { ids })),
    db.all(filesOfLast(db, { ids })),
  ]);
  return { messages, attachments };
}

/** Rows that were read already. */
export interface KnownRows {
  contacts?: Iterable<NestedContactRow>;
  users?: Iterable<NamedUser>;
  /** All attachments of the messages. */
  attachments?: readonly AttachmentRow[];
}

/**
 * Adds attachments and senders to messages of these conversations, one read a table. Messages of other conversations are left
 * out: a read without a transaction may find a message whose conversation has just been deleted.
 */
export async function loadParts<Row extends MessageViewRow & { has_attachments?: number }>(
  db: Sql,
  messages: readonly Row[],
  conversations: readonly Pick<ConversationRow, 'id' | 'display_id'>[],
  { contacts = [], users = [], attachments: known }: KnownRows = {},
): Promise<MessageParts<Row>[]> {
  if (!messages.length) return [];
  const withFiles = messages.filter(({ has_attachments }) => has_attachments !== 0).map(({ id }) => id);
  const [attachments, contactSenders, userSenders, botSenders] = await Promise.all([
    known ?? (withFiles.length ? db.all(attachmentsOf(db, { ids: listValue(db, withFiles) })) : []),
    sendersOf(messages, {
      type: 'Contact',
      known: contacts,
      find: (ids) => db.all(contactsByIds(db, { ids: listValue(db, ids) })),
      toSender: toEventContact,
    }),
    sendersOf(messages, {
      type: 'User',
      known: users,
      find: (ids) => db.all(usersByIds(db, { ids: listValue(db, ids) })),
      toSender: toEventUser,
    }),
    sendersOf(messages, {
      type: 'AgentBot',
      known: [],
      find: async (ids) => (await findBots(db, ids)).values(),
      toSender: toEventBot,
    }),
  ]);
  const senders: Record<string, ReadonlyMap<number, Sender>> = {
    Contact: contactSenders,
    User: userSenders,
    AgentBot: botSenders,
  };
  const displayIds = new Map(conversations.map(({ id, display_id }) => [id, display_id]));
  const files = new Map<number, AttachmentRow[]>();
  for (const row of attachments) files.set(row.message_id, [...(files.get(row.message_id) ?? []), row]);
  return messages.flatMap((message) => {
    const display_id = displayIds.get(message.conversation_id);
    if (display_id === undefined) return [];
    const sender = own(senders, message.sender_type ?? '')?.get(message.sender_id ?? 0);
    return { message, attachments: files.get(message.id) ?? [], sender, display_id };
  });
}

interface SenderQuery<Row> {
  type: SenderType;
  known: Iterable<Row>;
  find(ids: number[]): Promise<Iterable<Row>>;
  toSender(row: Row): Sender;
}

/** The senders of one type by id; rows that are not known are read. */
async function sendersOf<Row extends { id: number }>(
  messages: readonly MessageViewRow[],
  { type, known, find, toSender }: SenderQuery<Row>,
): Promise<Map<number, Sender>> {
  const ids = new Set<number>();
  for (const { sender_type, sender_id } of messages)
    if (sender_type === type && sender_id !== null) ids.add(sender_id);
  const senders = new Map<number, Sender>();
  const add = (row: Row) => {
    if (ids.delete(row.id)) senders.set(row.id, toSender(row));
  };
  for (const row of known) add(row);
  if (ids.size) for (const row of await find([...ids])) add(row);
  return senders;
}

/** Like `loadParts`, for messages of one conversation. */
export const loadPartsOf = <Row extends MessageViewRow & { has_attachments?: number }>(
  db: Sql,
  conversation: Pick<ConversationRow, 'id' | 'display_id'>,
  messages: readonly Row[],
  known?: KnownRows,
) => loadParts(db, messages, [conversation], known);

/** A part of a conversation's messages, bounded by message ids. */
export interface MessagePage {
  /** Only ids strictly below. */
  before?: number;
  /** Only ids strictly above. */
  after?: number;
  limit: number;
  /** `newest`: the last ones that qualify, still answered oldest first. */
  end: 'newest' | 'oldest';
  /** `public`: without private notes and activities, as the contact reads it. */
  readable: 'all' | 'public';
}

interface PageBounds {
  conversation_id: number;
  before: number;
  after: number;
  limit: number;
}

const pageQuery = (direction: 'asc' | 'desc', withInternal: boolean) =>
  jsonRows<PageBounds, Listed<MessageViewRow>>([...messageViewColumns, 'has_attachments'], (q, param) => {
    const all = q
      .selectFrom('messages')
      .select(messageViewColumns)
      .select(hasAttachments.as('has_attachments'))
      .where('conversation_id', '=', param.conversation_id)
      .where('id', '<', param.before)
      .where('id', '>', param.after);
    const readable = withInternal
      ? all
      : all.where('private', '=', sql.lit(0)).where('message_type', '!=', sql.lit(MessageType.activity));
    return readable.orderBy('id', direction).limit(sql<number>`${param.limit}`);
  });

const newest = { all: pageQuery('desc', true), public: pageQuery('desc', false) };
const oldest = { all: pageQuery('asc', true), public: pageQuery('asc', false) };

/** A page of a conversation's messages, oldest first. */
export async function listMessageRows(
  db: Sql,
  conversation_id: number,
  page: MessagePage,
): Promise<Listed<MessageViewRow>[]> {
  const find = (page.end === 'newest' ? newest : oldest)[page.readable];
  const { before = Number.MAX_SAFE_INTEGER, after = -1, limit } = page;
  const rows = await find(db, { conversation_id, before, after, limit });
  return page.end === 'newest' ? rows.reverse() : rows;
}

/** The newest messages of each conversation that its contact may read, at most `most` of each, in the order of their ids. */
export const listNewestRows = (
  db: Sql,
  conversationIds: readonly number[],
  most: number,
): Promise<MessageViewRow[]> => {
  const isPublic = (table: string) =>
    sql`${sql.ref(`${table}.private`)} = 0 and ${sql.ref(`${table}.message_type`)} <> ${sql.lit(MessageType.activity)}`;
  const columns = messageViewColumns.map((column) => sql.ref(`messages.${column}`));
  return db.all(
    sql<MessageViewRow>`select ${sql.join(columns)} from conversations cross join messages
      where ${isAnyOf(db, 'conversations.id', conversationIds)}
        and messages.conversation_id = conversations.id and ${isPublic('messages')}
        and messages.id >= coalesce((select newest.id from messages as newest
          where newest.conversation_id = conversations.id and ${isPublic('newest')}
          order by newest.id desc limit 1 offset ${most - 1}), 0)
      order by messages.id`,
  );
};

/** Makes another contact the sender of all messages of a contact. @returns the rows before the change */
export async function moveMessagesOfContact(
  tx: Tx,
  { from, to, now }: { from: number; to: number; now: number },
): Promise<MessageRow[]> {
  const rows: MessageRow[] = await tx.all(
    tx.q
      .selectFrom('messages')
      .selectAll()
      .where('sender_type', '=', 'Contact')
      .where('sender_id', '=', from)
      .orderBy('id'),
  );
  await tx.run(
    tx.q
      .updateTable('messages')
      .set({ sender_id: to, updated_at: now })
      .where('sender_type', '=', 'Contact')
      .where('sender_id', '=', from),
  );
  return rows;
}

/** Deletes the attachments of a message. @returns the deleted rows */
export async function deleteAttachmentRows(tx: Tx, message_id: number): Promise<AttachmentRow[]> {
  const rows = await tx.all(tx.q.selectFrom('attachments').selectAll().where('message_id', '=', message_id));
  await tx.run(tx.q.deleteFrom('attachments').where('message_id', '=', message_id));
  return rows;
}
