/** SQL that writes contacts and their sessions, and reads single ones. */
import type { App } from '../app.ts';
import { columnsOf } from '../db/columns.ts';
import type { Sql, Tx } from '../db/db.ts';
import { insertTogether } from '../db/insert-together.ts';
import type { ContactInboxRow, ContactRow } from '../db/tables.ts';
import { newToken } from '../secrets.ts';
import { foldedSources, toFolded } from './folded-columns.ts';
import { contactTypeOf } from './rules.ts';

/** The columns that identify a contact; each is unique in an account. */
export const contactKeys = ['email', 'phone_number', 'identifier'] as const;
export type ContactKey = (typeof contactKeys)[number];

export function findContactBy(
  db: Sql,
  account_id: number,
  key: ContactKey,
  value: string,
): Promise<ContactRow | undefined> {
  return db.get(
    db.q.selectFrom('contacts').selectAll().where('account_id', '=', account_id).where(key, '=', value),
  );
}

export function findContact(db: Sql, account_id: number, id: number): Promise<ContactRow | undefined> {
  return db.get(
    db.q.selectFrom('contacts').selectAll().where('account_id', '=', account_id).where('id', '=', id),
  );
}

export function findSession(
  db: Sql,
  inbox_id: number,
  source_id: string,
): Promise<ContactInboxRow | undefined> {
  return db.get(
    db.q
      .selectFrom('contact_inboxes')
      .selectAll()
      .where('inbox_id', '=', inbox_id)
      .where('source_id', '=', source_id),
  );
}

export type NewContact = Pick<ContactRow, 'account_id' | 'name'> & Partial<ContactRow>;

/** Inserts a contact; columns that are not given are empty. */
export async function insertContact(app: App, tx: Tx, given: NewContact): Promise<ContactRow> {
  const now = app.now();
  const row: Omit<ContactRow, 'id'> = {
    middle_name: '',
    last_name: '',
    email: null,
    phone_number: null,
    identifier: null,
    contact_type: 'visitor',
    location: null,
    country_code: null,
    blocked: 0,
    additional_attributes: '{}',
    custom_attributes: '{}',
    avatar_url: null,
    last_activity_at: null,
    created_at: now,
    updated_at: now,
    ...given,
  };
  row.contact_type = contactTypeOf(row);
  return { id: await insertTogether(tx, 'contacts', { ...row, ...toFolded(row) }), ...row };
}

/**
 * Writes the columns that differ, with the folded columns made of them.
 * @returns the row after it: `contact` itself when nothing differs
 */
export async function updateContactRow(
  app: App,
  tx: Tx,
  contact: ContactRow,
  changes: Partial<ContactRow>,
): Promise<ContactRow> {
  const next: ContactRow = { ...contact, ...changes };
  next.contact_type = contactTypeOf(next);
  const differs = columnsOf.contacts.filter((column) => next[column] !== contact[column]);
  if (!differs.length) return contact;
  next.updated_at = app.now();
  const changed = Object.fromEntries(
    [...differs, 'updated_at' as const].map((column) => [column, next[column]]),
  );
  await tx.run(
    tx.q
      .updateTable('contacts')
      .set(differs.some((column) => foldedSources.has(column)) ? { ...changed, ...toFolded(next) } : changed)
      .where('id', '=', contact.id),
  );
  return next;
}

export type NewSession = Pick<ContactInboxRow, 'account_id' | 'contact_id' | 'inbox_id' | 'source_id'> &
  Partial<ContactInboxRow>;

/** Inserts a session with a new `pubsub_token`. */
export async function insertSession(app: App, tx: Tx, given: NewSession): Promise<ContactInboxRow> {
  const now = app.now();
  const row: Omit<ContactInboxRow, 'id'> = {
    hmac_verified: 0,
    claims: '{}',
    created_at: now,
    updated_at: now,
    ...given,
    pubsub_token: newToken(),
  };
  return { id: await insertTogether(tx, 'contact_inboxes', row), ...row };
}

/** Sets the claims of sessions, as JSON text. */
export function updateClaims(
  app: App,
  tx: Tx,
  sessions: readonly Pick<ContactInboxRow, 'id' | 'claims'>[],
): Promise<void> {
  const rows = sessions.map(({ id, claims }) => ({ id, claims, updated_at: app.now() }));
  return tx.updateMany('contact_inboxes', rows, ['claims', 'updated_at']);
}

/** Marks the session as verified and deletes its claims, which the proof settles. */
export function markVerified(app: App, tx: Tx, id: number): Promise<ContactInboxRow | undefined> {
  return tx.get(
    tx.q
      .updateTable('contact_inboxes')
      .set({ hmac_verified: 1, claims: '{}', updated_at: app.now() })
      .where('id', '=', id)
      .returningAll(),
  );
}

/** Gives the sessions of one contact to another. @returns their ids */
export async function moveSessions(tx: Tx, { from, to }: { from: number; to: number }): Promise<number[]> {
  const moved = await tx.all(
    tx.q
      .updateTable('contact_inboxes')
      .set({ contact_id: to })
      .where('contact_id', '=', from)
      .returning('id'),
  );
  return moved.map(({ id }) => id);
}

/** Deletes the contact with its sessions. Call it after their conversations are deleted or moved. */
export async function deleteContactRow(tx: Tx, id: number): Promise<void> {
  await tx.run(tx.q.deleteFrom('contact_inboxes').where('contact_id', '=', id));
  await tx.run(tx.q.deleteFrom('contacts').where('id', '=', id));
}
