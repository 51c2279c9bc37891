/** All SQL of messages and attachments, and the loading of what their views need. */
import { MessageType, own, type Sender } from '@hoory/contract';
import { sql } from 'kysely';
import { findBots } from '../agent-bots/store.ts';
import { toEventBot } from '../agent-bots/wire.ts';
import { type NamedUser, toEventUser } from '../agents/sender.ts';
import { type NestedContactRow, nestedContactColumns, toEventContact } from '../contacts/wire.ts';
import type { Sql, Tx } from '../db/db.ts';
import { isAnyOf, listValue } from '../db/dialect.ts';
import { jsonRows } from '../db/json-rows.ts';
import { preparedQuery } from '../db/prepared-query.ts';
import type { AttachmentRow, ConversationRow, MessageRow } from '../db/tables.ts';
import {
  type EventMessageRow,
  eventMessageColumns,
  type MessageParts,
  type MessageViewRow,
  messageViewColumns,
} from './wire.ts';

const messagesByIds = preparedQuery((q, place: { ids: unknown }, db) =>
  q
    .selectFrom('messages')
    .selectAll()
    .where(isAnyOf(db, 'id', place.ids)),
);
const attachmentsOf = preparedQuery((q, place: { ids: unknown }, db) =>
  q
    .selectFrom('attachments')
    .selectAll()
    .where(isAnyOf(db, 'message_id', place.ids))
    .orderBy('id'),
);
const contactsByIds = preparedQuery((q, place: { ids: unknown }, db) =>
  q
    .selectFrom('contacts')
    .select(nestedContactColumns)
    .where(isAnyOf(db, 'id', place.ids)),
);
const usersByIds = preparedQuery((q, place: { ids: unknown }, db) =>
  q
    .selectFrom('users')
    .select(['id', 'name', 'display_name', 'avatar_url'])
    .where(isAnyOf(db, 'id', place.ids)),
);

/** Messages by id; ids that do not exist are missing in the answer. */
export async function findMessages(db: Sql, ids: readonly number[]): Promise<MessageRow[]> {
  if (!ids.length) return [];
  return (await db.all(messagesByIds(db, { ids: listValue(db, ids) }))) as MessageRow[];
}

/** A message of a list, with whether it has attachments (1 or 0): most lists have none, and need no read of them. */
type Listed<Row> = Row & { has_attachments: number };

const hasAttachments = sql<number>`case when exists (select 1 from attachments where message_id = messages.id) then 1 else 0 end`;

/** As `findMessages`, with the columns that events show. */
export const findEventMessages = (db: Sql, ids: readonly number[]): Promise<Listed<EventMessageRow>[]> =>
  ids.length ? eventMessagesByIds(db, { ids: listValue(db, ids) }) : Promise.resolve([]);

const eventMessagesByIds = jsonRows<{ ids: unknown }, Listed<EventMessageRow>>(
  [...eventMessageColumns, 'has_attachments'],
  (q, place, db) =>
    q
      .selectFrom('messages')
      .select(eventMessageColumns)
      .select(hasAttachments.as('has_attachments'))
      .where(isAnyOf(db, 'id', place.ids)),
);

/** A conversation's id and an echo key in it. */
export type Echo = readonly [conversation_id: number, echo_key: string];

// Each pair is looked up in the unique index by itself: PostgreSQL would read the whole table for a list of unknown length.
const messagesByEcho = preparedQuery((_q, place: { echoes: string }, db) =>
  db.dialect === 'sqlite'
    ? sql<MessageRow>`select messages.* from json_each(${place.echoes}) as echo cross join messages
        on conversation_id = echo.value ->> 0 and echo_key = echo.value ->> 1`
    : sql<MessageRow>`
        select found.*
        from (select (value ->> 0)::bigint as conversation, value ->> 1 as key from json_array_elements(${place.echoes}::json) offset 0) as echo,
          lateral (select * from messages where conversation_id = echo.conversation and echo_key = echo.key offset 0) as found`,
);

/** Messages by conversation and echo key, also those that this transaction has written; unknown keys are missing in the answer. */
export async function findByEcho(tx: Tx, echoes: readonly Echo[]): Promise<MessageRow[]> {
  return echoes.length ? tx.all(messagesByEcho(tx, { echoes: JSON.stringify(echoes) })) : [];
}

/** Senders whose rows were read already. */
export interface KnownSenders {
  contacts?: Iterable<NestedContactRow>;
  users?: Iterable<NamedUser>;
}

/** Adds attachments and senders to messages, one read a table. `displayIds` by conversation. */
export async function loadParts<Row extends MessageViewRow & { has_attachments?: number }>(
  db: Sql,
  messages: readonly Row[],
  displayIds: ReadonlyMap<number, number>,
  { contacts = [], users = [] }: KnownSenders = {},
): Promise<MessageParts<Row>[]> {
  if (!messages.length) return [];
  const withFiles = messages.filter(({ has_attachments }) => has_attachments !== 0).map(({ id }) => id);
  const attachments = withFiles.length
    ? await db.all(attachmentsOf(db, { ids: listValue(db, withFiles) }))
    : [];
  const senders: Record<string, ReadonlyMap<number, Sender>> = {
    Contact: await sendersOf(messages, {
      type: 'Contact',
      known: contacts,
      find: (ids) => db.all(contactsByIds(db, { ids: listValue(db, ids) })),
      show: toEventContact,
    }),
    User: await sendersOf(messages, {
      type: 'User',
      known: users,
      find: (ids) => db.all(usersByIds(db, { ids: listValue(db, ids) })),
      show: toEventUser,
    }),
    AgentBot: await sendersOf(messages, {
      type: 'AgentBot',
      known: [],
      find: async (ids) => (await findBots(db, ids)).values(),
      show: toEventBot,
    }),
  };
  const files = new Map<number, AttachmentRow[]>();
  for (const row of attachments) files.set(row.message_id, [...(files.get(row.message_id) ?? []), row]);
  return messages.map((message) => ({
    message,
    attachments: files.get(message.id) ?? [],
    sender: own(senders, message.sender_type ?? '')?.get(message.sender_id ?? 0),
    display_id: displayIds.get(message.conversation_id) as number,
  }));
}

interface SendersOf<Row> {
  type: string;
  known: Iterable<Row>;
  find(ids: number[]): Promise<Iterable<Row>>;
  show(row: Row): Sender;
}

/** Those of one type as they are shown, each once; whoever is not known is read. */
async function sendersOf<Row extends { id: number }>(
  messages: readonly MessageViewRow[],
  { type, known, find, show }: SendersOf<Row>,
): Promise<Map<number, Sender>> {
  const ids = new Set<number>();
  for (const { sender_type, sender_id } of messages)
    if (sender_type === type && sender_id !== null) ids.add(sender_id);
  const senders = new Map<number, Sender>();
  const add = (row: Row) => {
    if (ids.delete(row.id)) senders.set(row.id, show(row));
  };
  for (const row of known) add(row);
  if (ids.size) for (const row of await find([...ids])) add(row);
  return senders;
}

/** As `loadParts`, for messages of one conversation. */
export const loadPartsOf = <Row extends MessageViewRow & { has_attachments?: number }>(
  db: Sql,
  conversation: Pick<ConversationRow, 'id' | 'display_id'>,
  messages: readonly Row[],
  known?: KnownSenders,
) => loadParts(db, messages, new Map([[conversation.id, conversation.display_id]]), known);

export interface Page {
  /** Only ids strictly below. */
  before?: number;
  /** Only ids strictly above. */
  after?: number;
  limit: number;
  /** `newest`: the last ones that qualify, still answered oldest first. */
  end: 'newest' | 'oldest';
  readable: 'contact' | 'agent' | 'public';
}

interface Bounds {
  conversation_id: number;
  before: number;
  after: number;
  limit: number;
}

const pages = Object.fromEntries(
  (['asc', 'desc'] as const).flatMap((direction) =>
    ([true, false] as const).map((withInternal) => [
      `${direction} ${withInternal}`,
      jsonRows<Bounds, Listed<MessageViewRow>>([...messageViewColumns, 'has_attachments'], (q, place) => {
        const all = q
          .selectFrom('messages')
          .select(messageViewColumns)
          .select(hasAttachments.as('has_attachments'))
          .where('conversation_id', '=', place.conversation_id)
          .where('id', '<', place.before)
          .where('id', '>', place.after);
        const readable = withInternal
          ? all
          : all.where('private', '=', sql.lit(0)).where('message_type', '!=', sql.lit(MessageType.activity));
        return readable.orderBy('id', direction).limit(sql<number>`${place.limit}`);
      }),
    ]),
  ),
);

/** A page of a conversation's messages, oldest first. */
export async function listMessageRows(
  db: Sql,
  conversation_id: number,
  page: Page,
): Promise<Listed<MessageViewRow>[]> {
  const direction = page.end === 'newest' ? 'desc' : 'asc';
  const find = pages[`${direction} ${page.readable === 'agent'}`] as (typeof pages)[string];
  const { before = Number.MAX_SAFE_INTEGER, after = -1, limit } = page;
  const rows = await find(db, { conversation_id, before, after, limit });
  return page.end === 'newest' ? rows.reverse() : rows;
}

/** The newest messages that a customer may read of each conversation, at most `most` of each, by id. */
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

/** Gives all messages of one contact to another. @returns the rows as they were before */
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

/** Deletes the attachments of a message. @returns the rows that were there */
export async function deleteAttachmentRows(tx: Tx, message_id: number): Promise<AttachmentRow[]> {
  const rows = await tx.all(tx.q.selectFrom('attachments').selectAll().where('message_id', '=', message_id));
  await tx.run(tx.q.deleteFrom('attachments').where('message_id', '=', message_id));
  return rows;
}
