/** SQL of accounts; `cache-keys.ts` writes the column `cache_keys`. */
import { sql } from 'kysely';
import type { App } from '../app.ts';
import type { Outcome, Sql, Tx } from '../db/db.ts';
import { forUpdate } from '../db/dialect.ts';
import { newId } from '../db/new-ids.ts';
import type { AccountRow } from '../db/tables.ts';
import { notFound } from '../errors.ts';

/** Inserts an active account with this name and no settings. */
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

/** Returns whether an account exists. */
export async function hasAccounts(db: Sql): Promise<boolean> {
  return (await db.get(db.q.selectFrom('accounts').select('id').limit(1))) !== undefined;
}

/** Locks the account's row until `tx` ends: a check, such as for a unique title, then still holds when its write follows. */
export async function lockAccount(tx: Tx, id: number): Promise<void> {
  await tx.get(sql<{ id: number }>`select id from accounts where id = ${id} ${forUpdate(tx)}`);
}

/** Sets columns of one account, and `updated_at`. */
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

/** Accounts whose stored settings contain this name in quotes; the caller reads the setting, as a value may contain it too. */
export function listAccountsWith(db: Sql, setting: string): Promise<AccountRow[]> {
  return db.all(db.q.selectFrom('accounts').selectAll().where('settings', 'like', `%"${setting}"%`));
}

/** The next display id of a conversation. Locks the account's row until `tx` ends, so ids have no duplicates. @throws not_found */
export const takeDisplayId = (tx: Tx, account_id: number): Promise<number> =>
  tx.gather(takeDisplayIds, account_id);

async function takeDisplayIds(tx: Tx, account_ids: readonly number[]): Promise<Outcome<number>[]> {
  const counts = new Map<number, number>();
  for (const id of account_ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  /** The last id that was taken, by account. */
  const taken = new Map<number, number>();
  // In the order of their ids, in which all writers lock them.
  for (const [id, count] of [...counts].sort(([a], [b]) => a - b)) {
    const account = await tx.get(
      tx.q
        .updateTable('accounts')
        .set({ last_display_id: sql`last_display_id + ${count}` })
        .where('id', '=', id)
        .returning('last_display_id'),
    );
    if (account) taken.set(id, account.last_display_id - count);
  }
  return account_ids.map((id) => {
    const before = taken.get(id);
    if (before === undefined) return { refusal: notFound() };
    taken.set(id, before + 1);
    return { answer: before + 1 };
  });
}
