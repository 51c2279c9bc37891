/** Queries of contacts for agents: sorted pages, sessions with their inboxes, locked rows. */
import { MAX_CONTACT_INBOXES } from '@hoory/contract';
import { type RawBuilder, sql } from 'kysely';
import type { App } from '../app.ts';
import { aggregateMatches, type BoundedList, type Candidates, readBoundedPage } from '../db/bounded-list.ts';
import type { Sql, Tx } from '../db/db.ts';
import { forUpdate, isAnyOf, isAnySelected } from '../db/dialect.ts';
import { byActivity, nullsLast, type Page, type PageRequest, type SortOrder } from '../db/keyset.ts';
import type { ContactRow, InboxRow } from '../db/tables.ts';
import type { SessionWithInbox } from './wire.ts';

export interface ContactPageQuery extends PageRequest {
  /** The list's name, which its cursors carry: a cursor of another list is refused. */
  list: string;
  /** A condition that is tested on each contact. */
  test: RawBuilder<boolean>;
  /** Few contacts, of which all that meet the condition are one. */
  candidates?: Candidates | undefined;
  /** Conditions that the index of the order by activity has. */
  activity?: readonly RawBuilder<boolean>[];
  /** A sort key of application-api.md section 6.7, with `-` before it for descending order; unknown keys are ignored. */
  sort: string | undefined;
}

const pageSize = 15;

/** A page of contacts. @throws invalid for a cursor of another list or order, unprocessable as `readBoundedPage` */
export async function listContactRows(
  db: Sql,
  account_id: number,
  { cursor, page, ...query }: ContactPageQuery,
): Promise<Page<ContactRow>> {
  const keys = await readBoundedPage(db, listOf(account_id, query), { cursor, page, size: pageSize });
  const ids = keys.rows.map(({ id }) => id);
  const rows = await db.all(sql<ContactRow>`select * from contacts where ${isAnyOf(db, 'id', ids)}`);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return { rows: ids.flatMap((id) => byId.get(id) ?? []), next_cursor: keys.next_cursor };
}

/** Counts the contacts of the account that meet the condition, as far as `aggregateMatches` counts. */
export async function countContacts(
  db: Sql,
  account_id: number,
  query: Pick<ContactPageQuery, 'test' | 'candidates'>,
): Promise<number> {
  const list = listOf(account_id, { ...query, list: 'count', sort: undefined });
  const row = await aggregateMatches<{ count: number }>(db, list, { select: sql`count(*) as count` });
  return row?.count ?? 0;
}

function listOf(
  account_id: number,
  { list, sort, test, candidates, activity = [] }: Omit<ContactPageQuery, keyof PageRequest>,
): BoundedList {
  const order = orderOf(list, sort);
  const inAccount = sql<boolean>`account_id = ${account_id}`;
  const isByActivity = order.parts[0]?.steps !== undefined;
  return {
    table: 'contacts',
    account_id,
    order,
    where: sql`${sql.join([inAccount, ...(isByActivity ? activity : [])], sql` and `)}`,
    runs: [sql`1 = 1`],
    scope: sql`1 = 1`,
    test,
    candidates,
  };
}

/** Condition: the contact has an e-mail, a phone number or an identifier. Lists and filters leave out anonymous visitors. */
export const isIdentified = sql<boolean>`(email is not null or phone_number is not null or identifier is not null)`;

/** Selects the ids of the identified contacts, by the indexes of their values. */
export const selectIdentified = (account_id: number): RawBuilder<unknown> =>
  sql.join(
    ['email', 'phone_number', 'identifier'].map(
      (column) =>
        sql`select id from contacts where account_id = ${account_id} and ${sql.ref(column)} is not null`,
    ),
    sql` union `,
  );

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

/** Ids of the newest sessions of a contact. */
const newestSessions = (contact: RawBuilder<unknown>, limit: number) =>
  sql`select own.id from contact_inboxes as own where own.contact_id = ${contact} order by own.id desc limit ${sql.lit(limit)}`;

/** The newest sessions of these contacts by contact id, oldest first, of each contact at most `MAX_CONTACT_INBOXES`. */
export async function listSessionsByContact(
  db: Sql,
  contactIds: readonly number[],
): Promise<Map<number, SessionWithInbox[]>> {
  const sessions = new Map<number, SessionWithInbox[]>(contactIds.map((id) => [id, []]));
  if (!contactIds.length) return sessions;
  const rows = await db.all(
    db.q
      .selectFrom('contacts')
      .innerJoin('contact_inboxes', (on) =>
        on.on(
          isAnySelected(
            db,
            'contact_inboxes.id',
            newestSessions(sql.ref('contacts.id'), MAX_CONTACT_INBOXES),
          ),
        ),
      )
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
      .where(isAnyOf(db, 'contacts.id', contactIds))
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

/** Ids of the sessions of a contact. */
export const listSessionIds = (db: Sql, contact_id: number): Promise<{ id: number }[]> =>
  db.all(db.q.selectFrom('contact_inboxes').select('id').where('contact_id', '=', contact_id));
