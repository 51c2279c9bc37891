/** Queries of contacts for agents: sorted pages, sessions with their inboxes, locked rows. */
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
  /** The list's name, which its cursors carry: a cursor of another list is refused. */
  list: string;
  where: Expression<boolean>;
  /** A sort key of application-api.md section 6.7, with `-` before it for descending order; unknown keys are ignored. */
  sort: string | undefined;
}

const pageSize = 15;

/** A page of contacts. @throws invalid for a cursor of another list or order */
export function listContactRows(
  db: Sql,
  account_id: number,
  { list, where, sort, cursor, page }: ContactPageQuery,
): Promise<Page<ContactRow>> {
  const order = orderOf(list, sort);
  // No index has the account and then the id: reading by id and checking the account is cheaper than sorting all of its contacts.
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

/** Counts the contacts of the account that meet the condition. */
export async function countContacts(
  db: Sql,
  account_id: number,
  where: Expression<boolean>,
): Promise<number> {
  const row = await db.get(
    db.q
      .selectFrom('contacts')
      .select(sql<number>`count(*)`.as('count'))
      .where('account_id', '=', account_id)
      .where(where),
  );
  return row?.count ?? 0;
}

/** Condition: the contact has an e-mail, a phone number or an identifier. Lists and filters leave out anonymous visitors. */
export const isIdentified = sql<boolean>`(email is not null or phone_number is not null or identifier is not null)`;

function orderOf(list: string, sort = ''): SortOrder {
  const word = sort.replace(/^-/, '');
  const direction = sort.startsWith('-') ? 'desc' : 'asc';
  const name = `${list} ${direction} ${word}`;
  switch (word) {
    // Stored in lower case and never blank, so they need no folded key.
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

/** The contact, with its row locked until the transaction ends; undefined for a contact of another account. */
export function lockContact(tx: Tx, account_id: number, id: number): Promise<ContactRow | undefined> {
  return tx.get(
    sql<ContactRow>`select * from contacts where account_id = ${account_id} and id = ${id} ${forUpdate(tx)}`,
  );
}

/** The inboxes of the account with these ids, or all of them, by id. */
export function listInboxesById(app: App, account_id: number, ids: 'all' | number[]): Promise<InboxRow[]> {
  const all = app.db.q.selectFrom('inboxes').selectAll().where('account_id', '=', account_id).orderBy('id');
  return app.db.all(ids === 'all' ? all : all.where(isAnyOf(app.db, 'id', ids)));
}
