/** All SQL of conversations; the only writer of their table. */
import type { ConversationStatus } from '@hoory/contract';
import { sql } from 'kysely';
import { takeDisplayId } from '../../accounts/store.ts';
import { findBots } from '../../agent-bots/store.ts';
import type { App } from '../../app.ts';
import { columnsOf } from '../../db/columns.ts';
import type { Sql, Tx } from '../../db/db.ts';
import { forUpdate, isAnyOf, listValue, nested } from '../../db/dialect.ts';
import { toFoldedTexts } from '../../db/folded-texts.ts';
import { jsonRows } from '../../db/json-rows.ts';
import { preparedQuery } from '../../db/prepared-query.ts';
import type { ContactInboxRow, ContactRow, ConversationRow, InboxRow, UserRow } from '../../db/tables.ts';
import { toFreeForm } from '../../free-form.ts';
import { newUuid } from '../../secrets.ts';
import { findTeams } from '../../teams/store.ts';
import type { RelatedRows } from './wire.ts';

/** A conversation of one account by its display id. */
export function findConversation(
  db: Sql,
  account_id: number,
  display_id: number,
): Promise<ConversationRow | undefined> {
  return db.get(byDisplayId(db, { account_id, display_id }));
}

const byDisplayId = preparedQuery((q, place: { account_id: number; display_id: number }) =>
  q
    .selectFrom('conversations')
    .selectAll()
    .where('account_id', '=', place.account_id)
    .where('display_id', '=', place.display_id),
);

const lockByIds = preparedQuery((q, place: { ids: unknown }, db) =>
  q
    .selectFrom('conversations')
    .select('id')
    .where(isAnyOf(db, 'id', place.ids))
    .orderBy('id')
    .modifyEnd(forUpdate(db)),
);

/** Locks conversations until the transaction ends, in the order of their ids. */
export async function lockConversationRows(tx: Tx, ids: readonly number[]): Promise<void> {
  if (tx.dialect === 'postgres') await tx.all(lockByIds(tx, { ids: listValue(tx, [...new Set(ids)]) }));
}

const aroundColumns = [
  ...nested('conversations', columnsOf.conversations, 'conversation'),
  ...nested('contact_inboxes', columnsOf.contact_inboxes, 'session'),
  ...nested('contacts', columnsOf.contacts, 'contact'),
];

const aroundIds = jsonRows<{ ids: unknown }, Omit<Around, 'inbox'>>(aroundColumns, (q, place, db) =>
  q
    .selectFrom('conversations')
    .innerJoin('contact_inboxes', 'contact_inboxes.id', 'conversations.contact_inbox_id')
    .innerJoin('contacts', 'contacts.id', 'conversations.contact_id')
    .select(aroundColumns)
    .where(isAnyOf(db, 'conversations.id', place.ids)),
);
const inboxesAround = preparedQuery((q, place: { ids: unknown }, db) =>
  q
    .selectFrom('inboxes')
    .selectAll()
    .where(
      'id',
      'in',
      q
        .selectFrom('conversations')
        .select('inbox_id')
        .where(isAnyOf(db, 'conversations.id', place.ids)),
    ),
);

type Around = Pick<RelatedRows, 'conversation' | 'session' | 'contact' | 'inbox'>;

/**
 * Locks these conversations, and reads them and what surrounds them as they are then. The reads are statements of their
 * own behind the lock: one that waits for a lock sees other tables as they were before it waited.
 */
export async function lockRelatedRows(tx: Tx, ids: readonly number[]): Promise<Map<number, RelatedRows>> {
  const list = listValue(tx, [...new Set(ids)]);
  const [, rows, inboxRows] = await Promise.all([
    lockConversationRows(tx, ids),
    aroundIds(tx, { ids: list }),
    tx.all(inboxesAround(tx, { ids: list })) as unknown as Promise<InboxRow[]>,
  ]);
  const inboxes = new Map(inboxRows.map((inbox) => [inbox.id, inbox]));
  return withAssignees(
    tx,
    rows.map((row) => ({ inbox: inboxes.get(row.conversation.inbox_id) as InboxRow, ...row })),
  );
}

/** Conversations by id, as they are, in no order; ids that do not exist are missing in the answer. */
export const loadConversationRows = (db: Sql, ids: readonly number[]): Promise<ConversationRow[]> =>
  db.all(conversationsByIds(db, { ids: listValue(db, [...new Set(ids)]) })) as Promise<ConversationRow[]>;

const conversationsByIds = preparedQuery((q, place: { ids: unknown }, db) =>
  q
    .selectFrom('conversations')
    .selectAll()
    .where(isAnyOf(db, 'id', place.ids)),
);

/** What surrounds these conversations, one read a table. */
export async function loadRelatedRows(
  db: Sql,
  conversations: readonly ConversationRow[],
): Promise<Map<number, RelatedRows>> {
  // One after another: a transaction's connection takes one query at a time.
  const sessions = await byId<ContactInboxRow>(
    db,
    'contact_inboxes',
    conversations.map(({ contact_inbox_id }) => contact_inbox_id),
  );
  const contacts = await byId<ContactRow>(
    db,
    'contacts',
    conversations.map(({ contact_id }) => contact_id),
  );
  const inboxes = await byId<InboxRow>(
    db,
    'inboxes',
    conversations.map(({ inbox_id }) => inbox_id),
  );
  return withAssignees(
    db,
    conversations.map((conversation) => ({
      conversation,
      session: sessions.get(conversation.contact_inbox_id) as ContactInboxRow,
      contact: contacts.get(conversation.contact_id) as ContactRow,
      inbox: inboxes.get(conversation.inbox_id) as InboxRow,
    })),
  );
}

/** Adds who is assigned, by conversation; most have nobody, and nothing is read for them. */
async function withAssignees(db: Sql, rows: readonly Around[]): Promise<Map<number, RelatedRows>> {
  const idsOf = (column: 'assignee_id' | 'assignee_agent_bot_id' | 'team_id') =>
    rows.flatMap(({ conversation }) => conversation[column] ?? []);
  const users = await byId<UserRow>(db, 'users', idsOf('assignee_id'));
  const bots = await findBots(db, idsOf('assignee_agent_bot_id'));
  const teams = await findTeams(db, idsOf('team_id'));
  return new Map(
    rows.map((row) => [
      row.conversation.id,
      {
        assignee: users.get(row.conversation.assignee_id ?? 0),
        assigneeBot: bots.get(row.conversation.assignee_agent_bot_id ?? 0),
        team: teams.get(row.conversation.team_id ?? 0),
        ...row,
      },
    ]),
  );
}

type ById = 'contact_inboxes' | 'contacts' | 'inboxes' | 'users';

const rowsById = Object.fromEntries(
  (['contact_inboxes', 'contacts', 'inboxes', 'users'] as const).map((table) => [
    table,
    preparedQuery((q, place: { ids: unknown }, db) =>
      q
        .selectFrom(table)
        .selectAll()
        .where(isAnyOf(db, 'id', place.ids)),
    ),
  ]),
);

async function byId<Row extends { id: number }>(
  db: Sql,
  table: ById,
  ids: number[],
): Promise<Map<number, Row>> {
  if (!ids.length) return new Map();
  const find = rowsById[table];
  if (!find) return new Map();
  const rows = (await db.all(find(db, { ids: listValue(db, [...new Set(ids)]) }))) as unknown as Row[];
  return new Map(rows.map((row) => [row.id, row]));
}

const verifiedOf = preparedQuery((q, place: { ids: unknown }, db) =>
  q
    .selectFrom('contact_inboxes')
    .selectAll()
    .where(isAnyOf(db, 'contact_id', place.ids))
    .where('hmac_verified', '=', 1),
);

/** Verified sessions by contact, which hear of one another's conversations. */
export async function verifiedSessions(
  db: Sql,
  sessions: readonly ContactInboxRow[],
): Promise<Map<number, ContactInboxRow[]>> {
  const contacts = sessions.filter(({ hmac_verified }) => hmac_verified).map(({ contact_id }) => contact_id);
  if (!contacts.length) return new Map();
  const rows = (await db.all(
    verifiedOf(db, { ids: listValue(db, [...new Set(contacts)]) }),
  )) as ContactInboxRow[];
  const groups = new Map<number, ContactInboxRow[]>();
  for (const row of rows) groups.set(row.contact_id, [...(groups.get(row.contact_id) ?? []), row]);
  return groups;
}

const lockSession = preparedQuery((q, place: { id: number }, db) =>
  q.selectFrom('contact_inboxes').select('id').where('id', '=', place.id).modifyEnd(forUpdate(db)),
);

/**
 * The newest conversation of a session where it may have but one. The session is locked until the transaction ends: of two
 * that would start its only conversation, on whatever nodes, the second finds what the first has started.
 */
export async function lockLatestConversation(
  tx: Tx,
  session_id: number,
): Promise<ConversationRow | undefined> {
  await tx.get(lockSession(tx, { id: session_id }));
  return tx.get(
    tx.q
      .selectFrom('conversations')
      .selectAll()
      .where('contact_inbox_id', '=', session_id)
      .orderBy('id', 'desc')
      .limit(1),
  );
}

export interface NewConversation {
  session: ContactInboxRow;
  status: ConversationStatus;
  custom_attributes?: Record<string, unknown>;
  additional_attributes?: Record<string, unknown>;
  assignee_id?: number | null;
  team_id?: number | null;
  snoozed_until?: number | null;
}

/** Inserts a conversation under the account's next display id, which is handed out under the account's row. */
export async function insertConversation(app: App, tx: Tx, given: NewConversation): Promise<ConversationRow> {
  const now = app.now();
  const { session } = given;
  const display_id = await takeDisplayId(tx, session.account_id);
  const [id] = (await tx.nextIds('conversations', 1)) as [number];
  const row: ConversationRow = {
    id,
    account_id: session.account_id,
    display_id,
    uuid: newUuid(),
    inbox_id: session.inbox_id,
    contact_id: session.contact_id,
    contact_inbox_id: session.id,
    status: given.status,
    priority: null,
    assignee_id: given.assignee_id ?? null,
    assignee_agent_bot_id: null,
    team_id: given.team_id ?? null,
    labels: '[]',
    snoozed_until: given.snoozed_until ?? null,
    waiting_since: now,
    first_reply_created_at: null,
    last_activity_at: now,
    contact_last_seen_at: null,
    agent_last_seen_at: null,
    assignee_last_seen_at: null,
    additional_attributes: toFreeForm('additional_attributes', given.additional_attributes ?? {}),
    custom_attributes: toFreeForm('custom_attributes', given.custom_attributes ?? {}),
    unread_count: 0,
    last_message_id: null,
    last_non_activity_message_id: null,
    last_public_message_id: null,
    has_outgoing: 0,
    has_template: 0,
    has_csat: 0,
    last_template_at: null,
    last_agent_message_at: null,
    last_incoming_at: null,
    created_at: now,
    updated_at: now,
  };
  await tx.insertMany('conversations', [{ ...row, folded_texts: toFoldedTexts(row, compared) }]);
  return row;
}

/** What filters compare without regard to spelling. */
const compared = { texts: [], objects: ['additional_attributes', 'custom_attributes'] } as const;

/** Older rows folded by one transaction. */
const portion = 500;

/** Folds some conversations that an older Hoory stored. @returns whether more may be left */
export async function foldOlderConversations({ db }: App): Promise<boolean> {
  type Source = Pick<ConversationRow, 'id' | 'additional_attributes' | 'custom_attributes'>;
  const find = sql<Source>`select id, additional_attributes, custom_attributes from conversations
    where folded_texts is null order by id limit ${portion}`;
  if (!(await db.get(find))) return false;
  return db.write(async (tx) => {
    const rows = await tx.all(sql<Source>`${find} ${forUpdate(tx)}`);
    await tx.updateMany(
      'conversations',
      rows.map((row) => ({ id: row.id, folded_texts: toFoldedTexts(row, compared) })),
      ['folded_texts'],
    );
    return rows.length === portion;
  });
}

/** Sets columns of one conversation and answers the row as it is now. */
export async function updateConversation(
  tx: Tx,
  conversation: ConversationRow,
  changes: Partial<ConversationRow>,
): Promise<ConversationRow> {
  const after = { ...conversation, ...changes };
  const isFolded = compared.objects.some((column) => changes[column] !== undefined);
  const columns = isFolded ? { ...changes, folded_texts: toFoldedTexts(after, compared) } : changes;
  await tx.run(tx.q.updateTable('conversations').set(columns).where('id', '=', conversation.id));
  return after;
}

/** Replaces the labels of a conversation, in its row and in the list by which it is found. */
export async function writeLabels(
  tx: Tx,
  conversation: ConversationRow,
  { labels, updated_at }: { labels: readonly string[]; updated_at: number },
): Promise<ConversationRow> {
  const { id: conversation_id, account_id } = conversation;
  await tx.run(tx.q.deleteFrom('conversation_labels').where('conversation_id', '=', conversation_id));
  await tx.insertMany(
    'conversation_labels',
    labels.map((label) => ({ conversation_id, label, account_id })),
  );
  return updateConversation(tx, conversation, { labels: JSON.stringify(labels), updated_at });
}

/** Deletes a conversation; its messages, files, labels and participants go with it. */
export async function deleteConversationRow(tx: Tx, id: number): Promise<void> {
  await tx.run(tx.q.deleteFrom('conversations').where('id', '=', id));
}

/** Takes conversations of an account, or of one of its inboxes, from these agents. */
export async function clearAssignees(
  tx: Tx,
  { account_id, inbox_id, user_ids }: { account_id: number; inbox_id?: number; user_ids: readonly number[] },
): Promise<void> {
  const assigned = tx.q
    .updateTable('conversations')
    .set({ assignee_id: null })
    .where('account_id', '=', account_id)
    .where(isAnyOf(tx, 'assignee_id', user_ids));
  await tx.run(inbox_id === undefined ? assigned : assigned.where('inbox_id', '=', inbox_id));
}

/** Takes conversations from their team. */
export async function clearTeam(
  tx: Tx,
  { account_id, team_id }: { account_id: number; team_id: number },
): Promise<void> {
  await tx.run(
    tx.q
      .updateTable('conversations')
      .set({ team_id: null })
      .where('account_id', '=', account_id)
      .where('team_id', '=', team_id),
  );
}

/** Gives all conversations of one contact to another. @returns their ids */
export async function moveConversationRows(
  tx: Tx,
  { from, to }: { from: number; to: number },
): Promise<number[]> {
  const rows = await tx.all(
    tx.q.updateTable('conversations').set({ contact_id: to }).where('contact_id', '=', from).returning('id'),
  );
  return rows.map(({ id }) => id);
}
