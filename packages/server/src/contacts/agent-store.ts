/** Reads of contacts that only agents make: pages in an order, sessions with their inboxes, rows under a lock. */
import { type Expression, type RawBuilder, sql } from 'kysely';
import type { App } from '../app.ts';
import type { Db, Sql, Tx } from '../db/db.ts';
import { forUpdate, isAnyOf } from '../db/dialect.ts';
import type { ContactRow, InboxRow } from '../db/tables.ts';
import { additionalText } from './filter.ts';
import type { SessionInInbox } from './wire.ts';

export interface ContactPage {
  where: Expression<boolean>;
  /** From 1. */
  page: number;
  /** A word of application-api.md section 6.7, `-` before it turns the order round; other words are ignored. */
  sort: string | undefined;
  limit: number;
}

/** Contacts on a page of this size; an offset that no database can count to is past the end anyway. */
export const pageSize = 15;
const farthest = 2_000_000_000;

export function listContactRows(
  db: Db,
  account_id: number,
  { where, page, sort, limit }: ContactPage,
): Promise<ContactRow[]> {
  const { expression, direction } = orderOf(db, sort);
  return db.all(
    db.q
      .selectFrom('contacts')
      .selectAll()
      .where('account_id', '=', account_id)
      .where(where)
      .orderBy(sql`${expression} ${sql.raw(direction)} nulls last, id ${sql.raw(direction)}`)
      .limit(limit)
      .offset(Math.min((page - 1) * pageSize, farthest)),
  );
}

export async function countContacts(db: Db, account_id: number, where: Expression<boolean>): Promise<number> {
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

function orderOf(
  db: Db,
  sort: string | undefined,
): { expression: RawBuilder<unknown>; direction: 'asc' | 'desc' } {
  const word = (sort ?? '').replace(/^-/, '');
  const expression = sortColumn(db, word);
  if (!expression) return { expression: sql`last_activity_at`, direction: 'desc' };
  return { expression, direction: sort?.startsWith('-') ? 'desc' : 'asc' };
}

function sortColumn(db: Db, word: string): RawBuilder<unknown> | undefined {
  switch (word) {
    case 'name':
    case 'email':
    case 'phone_number':
      return sql`nullif(lower(${sql.ref(word)}), '')`;
    case 'last_activity_at':
    case 'created_at':
      return sql`${sql.ref(word)}`;
    case 'company':
    case 'company_name':
      return sql`nullif(lower(${additionalText(db, 'company_name').expression}), '')`;
    case 'city':
    case 'country':
      return sql`nullif(lower(${additionalText(db, word).expression}), '')`;
    default:
      return undefined;
  }
}

/** The sessions of these contacts by contact id, oldest first. */
export async function listSessionsOf(
  db: Sql,
  contactIds: readonly number[],
): Promise<Map<number, SessionInInbox[]>> {
  const sessions = new Map<number, SessionInInbox[]>(contactIds.map((id) => [id, []]));
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
export function listInboxesOf(app: App, account_id: number, ids: 'all' | number[]): Promise<InboxRow[]> {
  const all = app.db.q.selectFrom('inboxes').selectAll().where('account_id', '=', account_id).orderBy('id');
  return app.db.all(ids === 'all' ? all : all.where(isAnyOf(app.db, 'id', ids)));
}
