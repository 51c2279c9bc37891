/** Reads of contacts that only agents make: pages in an order, sessions with their inboxes, rows under a lock. */
import { type Expression, sql } from 'kysely';
import type { App } from '../app.ts';
import type { Sql, Tx } from '../db/db.ts';
import { forUpdate, isAnyOf, unindexed } from '../db/dialect.ts';
import {
  byActivity,
  nullsLast,
  type Page,
  type PageRequest,
  readPage,
  type SortOrder,
} from '../db/keyset.ts';
import type { ContactRow, InboxRow } from '../db/tables.ts';
import type { SessionWithInbox } from './wire.ts';

export interface ContactPageQuery extends PageRequest {
  /** Whose cursors these are. */
  list: string;
  where: Expression<boolean>;
  /** A word of application-api.md section 6.7, `-` before it turns the order round; other words are ignored. */
  sort: string | undefined;
}

const pageSize = 15;

/** @throws invalid for a cursor that this list in this order has not given */
export function listContactRows(
  db: Sql,
  account_id: number,
  { list, where, sort, cursor, page }: ContactPageQuery,
): Promise<Page<ContactRow>> {
  const order = orderOf(list, sort);
  // By id alone, there is no index of one account.
  const account = order.parts[0]?.column ? sql.ref('account_id') : unindexed(db, 'account_id');
  return readPage(
    db,
    {
      select: sql`contacts.*`,
      from: sql`contacts`,
      id: sql`id`,
      where: sql`${account} = ${account_id} and ${where}`,
      order,
    },
    { cursor, page, size: pageSize },
  );
}

export async function countContacts(
  db: Sql,
  account_id: number,
  where: Expression<boolean>,
): Promise<number> {
  const counted = await db.get(
    db.q
      .selectFrom('contacts')
      .select(sql<number>`count(*)`.as('count'))
      .where('account_id', '=', account_id)
      .where(where),
  );
  return counted?.count ?? 0;
}

/** Those who said who they are; lists and filters show no others. */
export const isIdentified = sql<boolean>`(email is not null or phone_number is not null or identifier is not null)`;

function orderOf(list: string, sort = ''): SortOrder {
  const word = sort.replace(/^-/, '');
  const direction = sort.startsWith('-') ? 'desc' : 'asc';
  const name = `${list} ${direction} ${word}`;
  switch (word) {
    // Kept in lower case, and never blank.
    case 'email':
    case 'phone_number':
      return { name, type: 'text', parts: nullsLast({ column: sql.ref(word), direction }) };
    case 'last_activity_at':
      return { name, type: 'number', parts: nullsLast(byActivity(direction)) };
    // Ids grow with the time of creation.
    case 'created_at':
      return { name, type: 'number', parts: [{ direction }] };
    case 'company':
    case 'company_name':
      return { name, type: 'text', parts: nullsLast({ column: sql.ref('company_key'), direction }) };
    case 'name':
    case 'city':
    case 'country':
      return { name, type: 'text', parts: nullsLast({ column: sql.ref(`${word}_key`), direction }) };
    default:
      return { name: list, type: 'number', parts: nullsLast(byActivity('desc')) };
  }
}

/** The sessions of these contacts by contact id, oldest first. */
export async function listSessionsByContact(
  db: Sql,
  contactIds: readonly number[],
): Promise<Map<number, SessionWithInbox[]>> {
  const sessions = new Map<number, SessionWithInbox[]>(contactIds.map((id) => [id, []]));
  if (!contactIds.length) return sessions;
  const rows = await db.all(
    db.q
      .selectFrom('contact_inboxes')
      .innerJoin('inboxes', 'inboxes.id', 'contact_inboxes.inbox_id')
      .select([
        'contact_inboxes.contact_id',
        'contact_inboxes.source_id',
        'contact_inboxes.claims',
        'contact_inboxes.hmac_verified',
        'inboxes.id',
        'inboxes.name',
        'inboxes.avatar_url',
      ])
      .where(isAnyOf(db, 'contact_inboxes.contact_id', contactIds))
      .orderBy('contact_inboxes.id'),
  );
  for (const { contact_id, source_id, claims, hmac_verified, ...inbox } of rows)
    sessions.get(contact_id)?.push({ session: { source_id, claims, hmac_verified }, inbox });
  return sessions;
}

/** The contact, which nobody else changes until the transaction ends; undefined outside the account. */
export function lockContact(tx: Tx, account_id: number, id: number): Promise<ContactRow | undefined> {
  return tx.get(
    sql<ContactRow>`select * from contacts where account_id = ${account_id} and id = ${id} ${forUpdate(tx)}`,
  );
}

/** The inboxes of the account among `ids`, or all of them, by id. */
export function listInboxesById(app: App, account_id: number, ids: 'all' | number[]): Promise<InboxRow[]> {
  const all = app.db.q.selectFrom('inboxes').selectAll().where('account_id', '=', account_id).orderBy('id');
  return app.db.all(ids === 'all' ? all : all.where(isAnyOf(app.db, 'id', ids)));
}
