/** All SQL of messages and attachments, and the loading of what their views need. */
import type { Sender } from '@hoory/contract';
import { sql } from 'kysely';
import { findBots } from '../agent-bots/store.ts';
import { toEventBot } from '../agent-bots/wire.ts';
import { toEventUser } from '../agents/sender.ts';
import { toEventContact } from '../contacts/wire.ts';
import type { Sql } from '../db/db.ts';
import { isAnyOf, listFor } from '../db/dialect.ts';
import { statement } from '../db/statement.ts';
import type { AttachmentRow, ContactRow, ConversationRow, MessageRow, UserRow } from '../db/tables.ts';
import type { MessageParts } from './wire.ts';

const messagesByIds = statement((q, place: { ids: unknown }, db) =>
  q
    .selectFrom('messages')
    .selectAll()
    .where(isAnyOf(db, 'id', place.ids)),
);
const attachmentsOf = statement((q, place: { ids: unknown }, db) =>
  q
    .selectFrom('attachments')
    .selectAll()
    .where(isAnyOf(db, 'message_id', place.ids))
    .orderBy('id'),
);
const contactsByIds = statement((q, place: { ids: unknown }, db) =>
  q
    .selectFrom('contacts')
    .selectAll()
    .where(isAnyOf(db, 'id', place.ids)),
);
const usersByIds = statement((q, place: { ids: unknown }, db) =>
  q
    .selectFrom('users')
    .selectAll()
    .where(isAnyOf(db, 'id', place.ids)),
);

/** Messages by id; ids that do not exist are missing in the answer. */
export async function findMessages(db: Sql, ids: readonly number[]): Promise<MessageRow[]> {
  if (!ids.length) return [];
  return (await db.all(messagesByIds(db, { ids: listFor(db, ids) }))) as MessageRow[];
}

// Each pair is looked up in the unique index by itself; PostgreSQL would read the whole table for a batch it knows nothing of.
const messagesByEcho = statement((_q, place: { pairs: unknown }, db) =>
  db.dialect === 'sqlite'
    ? sql<MessageRow>`select messages.* from json_each(${place.pairs}) as pair cross join messages
        on conversation_id = pair.value ->> 0 and echo_key = pair.value ->> 1`
    : sql<MessageRow>`select found.* from json_array_elements(${place.pairs}::json) as pair (value), lateral (
        select * from messages
        where conversation_id = (pair.value ->> 0)::bigint and echo_key = pair.value ->> 1 offset 0
      ) as found`,
);

/** Messages by conversation and echo key. */
export async function findByEcho(
  db: Sql,
  pairs: readonly (readonly [number, string])[],
): Promise<MessageRow[]> {
  return pairs.length ? db.all(messagesByEcho(db, { pairs: JSON.stringify(pairs) })) : [];
}

/** Adds attachments and senders to messages, one read a table. `displayIds` by conversation. */
export async function loadParts(
  db: Sql,
  messages: readonly MessageRow[],
  displayIds: ReadonlyMap<number, number>,
): Promise<MessageParts[]> {
  if (!messages.length) return [];
  const idsOf = (type: string) => [
    ...new Set(
      messages.filter(({ sender_type }) => sender_type === type).flatMap(({ sender_id }) => sender_id ?? []),
    ),
  ];
  const attachments = await db.all(
    attachmentsOf(db, {
      ids: listFor(
        db,
        messages.map(({ id }) => id),
      ),
    }),
  );
  const contacts = await loadSenders<ContactRow>(db, contactsByIds, idsOf('Contact'));
  const users = await loadSenders<UserRow>(db, usersByIds, idsOf('User'));
  const bots = await findBots(db, idsOf('AgentBot'));
  const senders: Record<string, Map<number, Sender>> = {
    Contact: mapValues(contacts, toEventContact),
    User: mapValues(users, toEventUser),
    AgentBot: mapValues(bots, toEventBot),
  };
  const files = new Map<number, AttachmentRow[]>();
  for (const row of attachments) files.set(row.message_id, [...(files.get(row.message_id) ?? []), row]);
  return messages.map((message) => ({
    message,
    attachments: files.get(message.id) ?? [],
    sender: senders[message.sender_type ?? '']?.get(message.sender_id ?? 0),
    display_id: displayIds.get(message.conversation_id) as number,
  }));
}

const mapValues = <From, To>(map: ReadonlyMap<number, From>, to: (value: From) => To): Map<number, To> =>
  new Map([...map].map(([key, value]) => [key, to(value)]));

async function loadSenders<Row extends { id: number }>(
  db: Sql,
  find: (db: Sql, values: { ids: unknown }) => Parameters<Sql['all']>[0],
  ids: number[],
): Promise<Map<number, Row>> {
  const rows = ids.length ? ((await db.all(find(db, { ids: listFor(db, ids) }))) as Row[]) : [];
  return new Map(rows.map((row) => [row.id, row]));
}

/** As `loadParts`, for messages of one conversation. */
export const loadPartsOf = (db: Sql, conversation: ConversationRow, messages: readonly MessageRow[]) =>
  loadParts(db, messages, new Map([[conversation.id, conversation.display_id]]));

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
      statement((q, place: Bounds) => {
        const all = q
          .selectFrom('messages')
          .selectAll()
          .where('conversation_id', '=', place.conversation_id)
          .where('id', '<', place.before)
          .where('id', '>', place.after);
        const readable = withInternal
          ? all
          : all.where('private', '=', sql.lit(0)).where('message_type', '!=', sql.lit(2));
        return readable.orderBy('id', direction).limit(sql<number>`${place.limit}`);
      }),
    ]),
  ),
);

/** A page of a conversation's messages, oldest first. */
export async function listMessageRows(db: Sql, conversation_id: number, page: Page): Promise<MessageRow[]> {
  const direction = page.end === 'newest' ? 'desc' : 'asc';
  const find = pages[`${direction} ${page.readable === 'agent'}`] as (typeof pages)[string];
  const { before = Number.MAX_SAFE_INTEGER, after = -1, limit } = page;
  const rows = (await db.all(find(db, { conversation_id, before, after, limit }))) as MessageRow[];
  return page.end === 'newest' ? rows.reverse() : rows;
}
