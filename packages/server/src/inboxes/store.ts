/** SQL of inboxes and their members. */
import type { App } from '../app.ts';
import type { Sql, Tx } from '../db/db.ts';
import { isAnyOf } from '../db/dialect.ts';
import { newId } from '../db/new-ids.ts';
import { preparedQuery } from '../db/prepared-query.ts';
import type { InboxRow } from '../db/tables.ts';
import { notFound } from '../errors.ts';
import { newToken } from '../secrets.ts';
import { defaultWorkingHours } from './rules.ts';

export type NewInbox = Pick<InboxRow, 'account_id' | 'name'> & Partial<InboxRow>;

/**
 * Inserts an inbox with a new identifier and new secrets; columns that are not given have their defaults (application-api.md
 * section 4.5).
 */
export async function insertInbox(app: App, tx: Tx, given: NewInbox): Promise<InboxRow> {
  const now = app.now();
  const id = await newId(tx, 'inboxes');
  const row: InboxRow = {
    webhook_url: null,
    previous_hmac_token: null,
    previous_hmac_token_until: null,
    identity_policy: 'safe',
    additional_attributes: '{}',
    avatar_url: null,
    greeting_enabled: 0,
    greeting_message: null,
    working_hours_enabled: 0,
    working_hours: JSON.stringify(defaultWorkingHours),
    out_of_office_message: null,
    timezone: 'UTC',
    enable_email_collect: 1,
    enable_auto_assignment: 1,
    auto_assignment_config: '{}',
    csat_survey_enabled: 0,
    csat_config: '{}',
    allow_messages_after_resolved: 1,
    lock_to_single_conversation: 0,
    sender_name_type: 'friendly',
    business_name: null,
    allowed_origins: '[]',
    agent_bot_id: null,
    created_at: now,
    updated_at: now,
    ...given,
    id,
    identifier: newToken(),
    hmac_token: newToken(),
    secret: newToken(),
  };
  await tx.insertMany('inboxes', [row]);
  return row;
}

/** Inboxes of the account by name, without regard to case. With `ids`, only these. */
export async function listInboxRows(
  db: Sql,
  account_id: number,
  ids?: readonly number[],
): Promise<InboxRow[]> {
  const query = db.q.selectFrom('inboxes').selectAll().where('account_id', '=', account_id);
  const rows: InboxRow[] = await db.all(ids ? query.where(isAnyOf(db, 'id', ids)) : query);
  // Sorted here, because SQLite folds the case of ASCII letters only.
  return rows
    .map((row) => ({ row, key: row.name.toLowerCase() }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.row.id - b.row.id))
    .map(({ row }) => row);
}

/** @throws not_found, also for an inbox of another account */
export async function getInbox(db: Sql, account_id: number, id: number): Promise<InboxRow> {
  const row: InboxRow | undefined = await db.get(
    db.q.selectFrom('inboxes').selectAll().where('account_id', '=', account_id).where('id', '=', id),
  );
  if (!row) throw notFound();
  return row;
}

/** Writes these columns of the row. */
export async function updateInboxRow(tx: Tx, row: InboxRow, columns: (keyof InboxRow)[]): Promise<void> {
  await tx.run(
    tx.q
      .updateTable('inboxes')
      .set(Object.fromEntries(columns.map((column) => [column, row[column]])))
      .where('id', '=', row.id),
  );
}

/** Deletes the inbox; the database deletes its conversations by cascade. @returns keys of their files in the file store */
export async function deleteInboxRow(tx: Tx, id: number): Promise<string[]> {
  const files = await tx.all(
    tx.q
      .selectFrom('attachments')
      .innerJoin('messages', 'messages.id', 'attachments.message_id')
      .innerJoin('conversations', 'conversations.id', 'messages.conversation_id')
      .select(['file_key', 'thumb_key'])
      .where('conversations.inbox_id', '=', id),
  );
  await tx.run(tx.q.deleteFrom('inboxes').where('id', '=', id));
  return files.flatMap(({ file_key, thumb_key }) => [file_key, thumb_key]).filter((key) => key !== null);
}

/** Ids of the users who are members of the inbox. */
export async function listMemberIds(db: Sql, inbox_id: number): Promise<number[]> {
  const rows = await db.all(
    db.q.selectFrom('inbox_members').select('user_id').where('inbox_id', '=', inbox_id),
  );
  return rows.map((row) => row.user_id);
}

/** Ids of the users who are members of each of these inboxes; nobody without an inbox. */
export async function listCommonMemberIds(db: Sql, inbox_ids: readonly number[]): Promise<number[]> {
  if (!inbox_ids.length) return [];
  const rows = await db.all(
    db.q
      .selectFrom('inbox_members')
      .select('user_id')
      .where(isAnyOf(db, 'inbox_id', inbox_ids))
      .groupBy('user_id')
      .having((e) => e.fn.countAll(), '=', inbox_ids.length),
  );
  return rows.map(({ user_id }) => user_id);
}

/** Ids of the inboxes of the account that the user is a member of. */
export async function listInboxIdsOfUser(
  db: Sql,
  member: { account_id: number; user_id: number },
): Promise<number[]> {
  return (await db.all(inboxIdsOf(db, member))).map(({ inbox_id }) => inbox_id);
}

const inboxIdsOf = preparedQuery((q, params: { account_id: number; user_id: number }) =>
  q
    .selectFrom('inbox_members')
    .innerJoin('inboxes', 'inboxes.id', 'inbox_members.inbox_id')
    .select('inbox_id')
    .where('account_id', '=', params.account_id)
    .where('user_id', '=', params.user_id)
    .orderBy('inbox_id'),
);

/** Adds members; users who are members already stay. */
export async function insertMembers(
  app: App,
  tx: Tx,
  { inbox_id, user_ids }: { inbox_id: number; user_ids: readonly number[] },
): Promise<void> {
  for (const user_id of user_ids)
    await tx.run(
      tx.q
        .insertInto('inbox_members')
        .values({ inbox_id, user_id, created_at: app.now() })
        .onConflict((conflict) => conflict.doNothing()),
    );
}

export async function deleteMembers(
  tx: Tx,
  { inbox_id, user_ids }: { inbox_id: number; user_ids: readonly number[] },
): Promise<void> {
  await tx.run(
    tx.q
      .deleteFrom('inbox_members')
      .where('inbox_id', '=', inbox_id)
      .where(isAnyOf(tx, 'user_id', user_ids)),
  );
}
