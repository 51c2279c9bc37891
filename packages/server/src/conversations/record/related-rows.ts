/** Loads conversations with the rows that they refer to, with a fixed number of reads for any number of conversations. */
import { sql } from 'kysely';
import { findBots } from '../../agent-bots/store.ts';
import { columnsOf } from '../../db/columns.ts';
import type { Runnable, Sql, Tx } from '../../db/db.ts';
import { isAnyOf, isAnySelected, listValue, nested } from '../../db/dialect.ts';
import { jsonRows } from '../../db/json-rows.ts';
import { loadedRow } from '../../db/loaded-rows.ts';
import { preparedQuery } from '../../db/prepared-query.ts';
import type {
  AgentBotRow,
  ContactInboxRow,
  ContactRow,
  ConversationRow,
  InboxRow,
  TeamRow,
  UserRow,
} from '../../db/tables.ts';
import { findTeams } from '../../teams/store.ts';
import { lockConversationRows } from './store.ts';

/** A conversation with the rows that it refers to. */
export interface RelatedRows {
  conversation: ConversationRow;
  session: ContactInboxRow;
  contact: ContactRow;
  inbox: InboxRow;
  assignee: UserRow | undefined;
  /** The bot that the conversation is assigned to; never beside an `assignee`. */
  assigneeBot: AgentBotRow | undefined;
  team: TeamRow | undefined;
}

/** Without assignee and team, which most conversations lack. */
type RequiredRows = Pick<RelatedRows, 'conversation' | 'session' | 'contact' | 'inbox'>;

const joinedColumns = [
  ...nested('conversations', columnsOf.conversations, 'conversation'),
  ...nested('contact_inboxes', columnsOf.contact_inboxes, 'session'),
  ...nested('contacts', columnsOf.contacts, 'contact'),
];

const joinedByIds = jsonRows<{ ids: unknown }, Omit<RequiredRows, 'inbox'>>(joinedColumns, (q, param, db) =>
  q
    .selectFrom('conversations')
    .innerJoin('contact_inboxes', 'contact_inboxes.id', 'conversations.contact_inbox_id')
    .innerJoin('contacts', 'contacts.id', 'conversations.contact_id')
    .select(joinedColumns)
    .where(isAnyOf(db, 'conversations.id', param.ids)),
);

const inboxesOfConversations = preparedQuery((q, param: { ids: unknown }, db) =>
  q
    .selectFrom('inboxes')
    .selectAll()
    .where(
      'id',
      'in',
      q
        .selectFrom('conversations')
        .select('inbox_id')
        .where(isAnyOf(db, 'conversations.id', param.ids)),
    ),
);

const assigneesOfConversations = preparedQuery((q, param: { ids: unknown }, db) =>
  q
    .selectFrom('users')
    .selectAll()
    .where(
      isAnySelected(
        db,
        'id',
        sql`select assignee_id from conversations where ${isAnyOf(db, 'id', param.ids)}`,
      ),
    ),
);

/**
 * Locks conversations until the transaction ends and loads them by id; ids that do not exist are missing in the answer. The
 * reads are statements of their own after the lock: on PostgreSQL one that waits for a lock sees other tables as they were
 * before it waited.
 */
export async function lockRelatedRows(tx: Tx, ids: readonly number[]): Promise<Map<number, RelatedRows>> {
  const [, related] = await Promise.all([lockConversationRows(tx, ids), findRelatedRows(tx, ids)]);
  return related;
}

/** Like `lockRelatedRows`, without a lock. Its reads share one round trip, unless a conversation has a bot or a team. */
export async function findRelatedRows(db: Sql, ids: readonly number[]): Promise<Map<number, RelatedRows>> {
  const list = listValue(db, [...new Set(ids)]);
  const [joined, inboxRows, users] = await Promise.all([
    joinedByIds(db, { ids: list }),
    db.all(inboxesOfConversations(db, { ids: list })),
    db.all(assigneesOfConversations(db, { ids: list })),
  ]);
  const inboxes = new Map(inboxRows.map((inbox) => [inbox.id, inbox]));
  return withAssignees(
    db,
    joined.map((rows) => ({ inbox: loadedRow(inboxes, rows.conversation.inbox_id), ...rows })),
    users,
  );
}

/** Loads the related rows of these conversations by id, without a lock. */
export async function loadRelatedRows(
  db: Sql,
  conversations: readonly ConversationRow[],
): Promise<Map<number, RelatedRows>> {
  const idsOf = (column: 'contact_inbox_id' | 'contact_id' | 'inbox_id') =>
    conversations.map((conversation) => conversation[column]);
  const [sessions, contacts, inboxes] = await Promise.all([
    rowsById(db, sessionsByIds, idsOf('contact_inbox_id')),
    rowsById(db, contactsByIds, idsOf('contact_id')),
    rowsById(db, inboxesByIds, idsOf('inbox_id')),
  ]);
  return withAssignees(
    db,
    conversations.map((conversation) => ({
      conversation,
      session: loadedRow(sessions, conversation.contact_inbox_id),
      contact: loadedRow(contacts, conversation.contact_id),
      inbox: loadedRow(inboxes, conversation.inbox_id),
    })),
  );
}

/** Like `loadRelatedRows`, for one conversation. */
export const getRelatedRows = async (db: Sql, conversation: ConversationRow): Promise<RelatedRows> =>
  loadedRow(await loadRelatedRows(db, [conversation]), conversation.id);

/**
 * Adds assignees and teams; a table is read only when a conversation refers to it.
 * @param known all users who are assignees, when they were read already
 */
async function withAssignees(
  db: Sql,
  all: readonly RequiredRows[],
  known?: readonly UserRow[],
): Promise<Map<number, RelatedRows>> {
  const idsOf = (column: 'assignee_id' | 'assignee_agent_bot_id' | 'team_id') =>
    all.flatMap(({ conversation }) => conversation[column] ?? []);
  const [users, bots, teams] = await Promise.all([
    known ? new Map(known.map((user) => [user.id, user])) : rowsById(db, usersByIds, idsOf('assignee_id')),
    findBots(db, idsOf('assignee_agent_bot_id')),
    findTeams(db, idsOf('team_id')),
  ]);
  return new Map(
    all.map((rows) => [
      rows.conversation.id,
      {
        assignee: users.get(rows.conversation.assignee_id ?? 0),
        assigneeBot: bots.get(rows.conversation.assignee_agent_bot_id ?? 0),
        team: teams.get(rows.conversation.team_id ?? 0),
        ...rows,
      },
    ]),
  );
}

const sessionsByIds = preparedQuery((q, param: { ids: unknown }, db) =>
  q
    .selectFrom('contact_inboxes')
    .selectAll()
    .where(isAnyOf(db, 'id', param.ids)),
);
const contactsByIds = preparedQuery((q, param: { ids: unknown }, db) =>
  q
    .selectFrom('contacts')
    .selectAll()
    .where(isAnyOf(db, 'id', param.ids)),
);
const inboxesByIds = preparedQuery((q, param: { ids: unknown }, db) =>
  q
    .selectFrom('inboxes')
    .selectAll()
    .where(isAnyOf(db, 'id', param.ids)),
);
const usersByIds = preparedQuery((q, param: { ids: unknown }, db) =>
  q
    .selectFrom('users')
    .selectAll()
    .where(isAnyOf(db, 'id', param.ids)),
);

async function rowsById<Row extends { id: number }>(
  db: Sql,
  query: (db: Sql, values: { ids: unknown }) => Runnable<Row>,
  ids: readonly number[],
): Promise<Map<number, Row>> {
  if (!ids.length) return new Map();
  const rows = await db.all(query(db, { ids: listValue(db, [...new Set(ids)]) }));
  return new Map(rows.map((row) => [row.id, row]));
}

const verifiedOfContacts = preparedQuery((q, param: { ids: unknown }, db) =>
  q
    .selectFrom('contact_inboxes')
    .selectAll()
    .where(isAnyOf(db, 'contact_id', param.ids))
    .where('hmac_verified', '=', 1),
);

/** Verified sessions by contact: each of them receives the events of the conversations of all. */
export async function verifiedSessions(
  db: Sql,
  sessions: readonly ContactInboxRow[],
): Promise<Map<number, ContactInboxRow[]>> {
  const contacts = sessions.filter(({ hmac_verified }) => hmac_verified).map(({ contact_id }) => contact_id);
  if (!contacts.length) return new Map();
  const rows = await db.all(verifiedOfContacts(db, { ids: listValue(db, [...new Set(contacts)]) }));
  const groups = new Map<number, ContactInboxRow[]>();
  for (const row of rows) groups.set(row.contact_id, [...(groups.get(row.contact_id) ?? []), row]);
  return groups;
}
