/** The SQL of conversations and their labels; the only writer of both tables. */
import type { ConversationStatus } from '@hoory/contract';
import { sql } from 'kysely';
import { takeDisplayId } from '../../accounts/store.ts';
import type { App } from '../../app.ts';
import { columnNames } from '../../db/column-names.ts';
import type { Sql, Tx } from '../../db/db.ts';
import { forUpdate, isAnyOf, isAnyTextOf, listValue } from '../../db/dialect.ts';
import { toFoldedTexts } from '../../db/folded-texts.ts';
import { insertTogether } from '../../db/insert-together.ts';
import { preparedQuery } from '../../db/prepared-query.ts';
import type { ContactInboxRow, ConversationRow, Tables } from '../../db/tables.ts';
import { toFreeForm } from '../../free-form.ts';
import { newUuid } from '../../secrets.ts';
import { readWords } from '../../stored-json.ts';

/** A conversation of one account by its display id. */
export function findConversation(
  db: Sql,
  account_id: number,
  display_id: number,
): Promise<ConversationRow | undefined> {
  return db.get(byDisplayId(db, { account_id, display_id }));
}

const byDisplayId = preparedQuery((q, param: { account_id: number; display_id: number }) =>
  q
    .selectFrom('conversations')
    .selectAll()
    .where('account_id', '=', param.account_id)
    .where('display_id', '=', param.display_id),
);

const lockByIds = preparedQuery((q, param: { ids: unknown }, db) =>
  q
    .selectFrom('conversations')
    .select('id')
    .where(isAnyOf(db, 'id', param.ids))
    .orderBy('id')
    .modifyEnd(forUpdate(db)),
);

/** Locks conversations until the transaction ends, in the order of their ids. */
export async function lockConversationRows(tx: Tx, ids: readonly number[]): Promise<void> {
  if (tx.dialect === 'postgres') await tx.all(lockByIds(tx, { ids: listValue(tx, [...new Set(ids)]) }));
}

/** Conversations by id, in no order; ids that do not exist are missing in the answer. */
export const loadConversationRows = (db: Sql, ids: readonly number[]): Promise<ConversationRow[]> =>
  db.all(conversationsByIds(db, { ids: listValue(db, [...new Set(ids)]) }));

const conversationsByIds = preparedQuery((q, param: { ids: unknown }, db) =>
  q
    .selectFrom('conversations')
    .selectAll()
    .where(isAnyOf(db, 'id', param.ids)),
);

const lockSession = preparedQuery((q, param: { id: number }, db) =>
  q.selectFrom('contact_inboxes').select('id').where('id', '=', param.id).modifyEnd(forUpdate(db)),
);

/**
 * The newest conversation of a session, for inboxes that allow one for each session. Locks the session until the transaction
 * ends: when two nodes start its only conversation at once, the second finds the conversation of the first.
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
  /** Milliseconds since 1970. */
  snoozed_until?: number | null;
}

/** Inserts a conversation with the account's next display id, which the lock of the account's row keeps unique. */
export async function insertConversation(app: App, tx: Tx, given: NewConversation): Promise<ConversationRow> {
  const now = app.now();
  const { session } = given;
  const display_id = await takeDisplayId(tx, session.account_id);
  const row: Omit<ConversationRow, 'id'> = {
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
    last_activity_at: now,
    additional_attributes: toFreeForm('additional_attributes', given.additional_attributes ?? {}),
    custom_attributes: toFreeForm('custom_attributes', given.custom_attributes ?? {}),
    created_at: now,
    updated_at: now,
    ...withoutMessages,
  };
  const folded_texts = toFoldedTexts(row, compared);
  return { id: await insertTogether(tx, 'conversations', { ...row, folded_texts }), ...row };
}

/** The columns that messages, and people who read them, change. */
const withoutMessages = {
  message_count: 0,
  unread_count: 0,
  last_message_id: null,
  last_non_activity_message_id: null,
  last_public_message_id: null,
  has_outgoing: 0,
  has_template: 0,
  has_csat: 0,
  first_reply_created_at: null,
  last_incoming_at: null,
  last_agent_message_at: null,
  last_template_at: null,
  contact_last_seen_at: null,
  agent_last_seen_at: null,
  assignee_last_seen_at: null,
} as const;

/** Columns of which filters compare a folded copy (`fold.ts`). */
const compared = { texts: [], objects: ['additional_attributes', 'custom_attributes'] } as const;

/** Rows that one transaction folds. */
const foldBatchSize = 500;

/** Folds a batch of conversations that an older version stored without folded copies. @returns whether more may be left */
export async function foldOlderConversations({ db }: App): Promise<boolean> {
  type Source = Pick<ConversationRow, 'id' | 'additional_attributes' | 'custom_attributes'>;
  const find = sql<Source>`select id, additional_attributes, custom_attributes from conversations
    where folded_texts is null order by id limit ${foldBatchSize}`;
  if (!(await db.get(find))) return false;
  return db.write(async (tx) => {
    const rows = await tx.all(sql<Source>`${find} ${forUpdate(tx)}`);
    await tx.updateMany(
      'conversations',
      rows.map((row) => ({ id: row.id, folded_texts: toFoldedTexts(row, compared) })),
      ['folded_texts'],
    );
    return rows.length === foldBatchSize;
  });
}

/** A change of columns of one conversation. */
export interface ConversationUpdate {
  conversation: ConversationRow;
  changes: Partial<ConversationRow>;
}

/** Sends changes of different conversations, for which the commit waits, with one statement for each set of columns. */
export function sendUpdates(tx: Tx, updates: readonly ConversationUpdate[]): void {
  const groups = new Map<string, { columns: (keyof StoredConversation)[]; rows: StoredConversation[] }>();
  for (const { conversation, changes } of updates) {
    const row: StoredConversation = { ...conversation, ...changes };
    const columns: (keyof StoredConversation)[] = columnNames(changes);
    if (compared.objects.some((column) => changes[column] !== undefined)) {
      row.folded_texts = toFoldedTexts(row, compared);
      columns.push('folded_texts');
    }
    const key = columns.sort().join();
    const group = groups.get(key);
    if (group) group.rows.push(row);
    else groups.set(key, { columns, rows: [row] });
  }
  for (const { columns, rows } of groups.values())
    tx.awaitAtCommit(
      tx.updateMany(
        'conversations',
        rows.sort((a, b) => a.id - b.id),
        columns,
      ),
    );
}

type StoredConversation = ConversationRow & Partial<Pick<Tables['conversations'], 'folded_texts'>>;

/** Sends a change of columns of one conversation, for which the commit waits. @returns the row after the change */
export function sendUpdate(
  tx: Tx,
  conversation: ConversationRow,
  changes: Partial<ConversationRow>,
): ConversationRow {
  sendUpdates(tx, [{ conversation, changes }]);
  return { ...conversation, ...changes };
}

/**
 * Replaces the stored labels of a conversation in `conversation_labels`, by which filters find it. The caller writes the column `labels`;
 * the commit waits for both.
 */
export function sendLabels(
  tx: Tx,
  { id: conversation_id, account_id, labels: stored }: Pick<ConversationRow, 'id' | 'account_id' | 'labels'>,
  labels: readonly string[],
): void {
  const before = readWords(stored);
  const kept = labels.filter((label) => before.includes(label));
  const added = labels.filter((label) => !before.includes(label));
  // Rows that stay are not written again: triggers keep the reports of each label.
  const removed = tx.q
    .deleteFrom('conversation_labels')
    .where('conversation_id', '=', conversation_id)
    .where(sql<boolean>`not ${isAnyTextOf(tx, 'label', kept)}`);
  tx.awaitAtCommit(
    Promise.all([
      tx.run(removed),
      tx.insertMany(
        'conversation_labels',
        added.map((label) => ({ conversation_id, label, account_id })),
      ),
    ]),
  );
}

/** Deletes a conversation; its messages, files, labels and participants go with it. */
export async function deleteConversationRow(tx: Tx, id: number): Promise<void> {
  await tx.run(tx.q.deleteFrom('conversations').where('id', '=', id));
}

/** Unassigns conversations of these agents, in an account or in one of its inboxes. */
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

/** Removes a team from its conversations. */
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
