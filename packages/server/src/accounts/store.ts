/** All SQL of accounts; the only writer of their table, but for `last_display_id`, which conversations count. */
import { sql } from 'kysely';
import type { App } from '../app.ts';
import type { Sql, Tx } from '../db/db.ts';
import { forUpdate } from '../db/dialect.ts';
import { newId } from '../db/new-ids.ts';
import type { AccountRow } from '../db/tables.ts';
import { notFound } from '../errors.ts';

export async function insertAccount(app: App, tx: Tx, name: string): Promise<AccountRow> {
  const now = app.now();
  const id = await newId(tx, 'accounts');
  const row: AccountRow = {
    id,
    name,
    locale: 'en',
    domain: null,
    support_email: null,
    status: 'active',
    settings: '{}',
    custom_attributes: '{}',
    last_display_id: 0,
    cache_keys: '{}',
    created_at: now,
    updated_at: now,
  };
  await tx.insertMany('accounts', [row]);
  return row;
}

/** @throws not_found */
export async function getAccount(db: Sql, id: number): Promise<AccountRow> {
  const row: AccountRow | undefined = await db.get(
    db.q.selectFrom('accounts').selectAll().where('id', '=', id),
  );
  if (!row) throw notFound();
  return row;
}

export async function hasAccounts(db: Sql): Promise<boolean> {
  return (await db.get(db.q.selectFrom('accounts').select('id').limit(1))) !== undefined;
}

/** Lets the account's administration happen one after another, so that a check still holds when its write comes. */
export async function lockAccount(tx: Tx, id: number): Promise<void> {
  await tx.get(sql<{ id: number }>`select id from accounts where id = ${id} ${forUpdate(tx)}`);
}

export async function updateAccountRow(
  app: App,
  tx: Tx,
  id: number,
  changes: Partial<AccountRow>,
): Promise<void> {
  await tx.run(
    tx.q
      .updateTable('accounts')
      .set({ ...changes, updated_at: app.now() })
      .where('id', '=', id),
  );
}

/** Accounts that may have this setting; what it says is left to the caller. */
export function listAccountsWith(db: Sql, setting: string): Promise<AccountRow[]> {
  return db.all(db.q.selectFrom('accounts').selectAll().where('settings', 'like', `%"${setting}"%`));
}

/** Hands out the next display id of a conversation, under the lock of the account's row. */
export async function takeDisplayId(tx: Tx, account_id: number): Promise<number> {
  const account = await tx.get(
    tx.q
      .updateTable('accounts')
      .set({ last_display_id: sql`last_display_id + 1` })
      .where('id', '=', account_id)
      .returning('last_display_id'),
  );
  if (!account) throw notFound();
  return account.last_display_id;
}
