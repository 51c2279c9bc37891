/** Labels of contacts: verbs and SQL (application-api.md section 6.7). */
import { type RawBuilder, sql } from 'kysely';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import type { Sql, Tx } from '../db/db.ts';
import { byIndex, findsRow, isAnyTextOf } from '../db/dialect.ts';
import type { ContactRow } from '../db/tables.ts';
import { notFound } from '../errors.ts';
import { normalizeLabels } from '../labels/label-titles.ts';
import { requireMaxLabels } from '../labels/rules.ts';
import { lockContact } from './agent-store.ts';
import { emitContact } from './events.ts';
import { findContact } from './store.ts';

interface LabelList {
  payload: string[];
}

/** The titles of the contact's labels, sorted. @throws not_found */
export async function listContactLabels(
  app: App,
  { account }: AgentCaller,
  { id }: { id: number },
): Promise<LabelList> {
  if (!(await findContact(app.db, account.id, id))) throw notFound();
  return { payload: await listLabelTitles(app.db, id) };
}

/** Replaces all labels of the contact; they need not exist in the account. @throws not_found, invalid 422 for too many labels */
export async function setContactLabels(
  app: App,
  { account }: AgentCaller,
  { id, labels = [] }: { id: number; labels?: string[] },
): Promise<LabelList> {
  return app.db.write(async (tx) => {
    const titles = await normalizeLabels(tx, account.id, labels);
    const contact = await lockContact(tx, account.id, id);
    if (!contact) throw notFound();
    await writeContactLabels(app, tx, contact, titles);
    return { payload: await listLabelTitles(tx, id) };
  });
}

/**
 * Replaces the labels of a locked contact, and emits `contact.updated` when they differ.
 * @throws invalid 422 for too many labels
 */
export async function writeContactLabels(
  app: App,
  tx: Tx,
  contact: ContactRow,
  labels: readonly string[],
): Promise<void> {
  const before = await listLabelTitles(tx, contact.id);
  const after = [...labels].sort();
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  requireMaxLabels(after);
  const { id: contact_id, account_id } = contact;
  await tx.run(tx.q.deleteFrom('contact_labels').where('contact_id', '=', contact_id));
  await tx.insertMany(
    'contact_labels',
    after.map((label) => ({ contact_id, label, account_id })),
  );
  await emitContact(app, tx, {
    event: 'contact.updated',
    contact,
    before: contact,
    also: { label_list: [before, after] },
  });
}

/** The titles of the contact's labels, sorted by code unit. */
export async function listLabelTitles(db: Sql, contact_id: number): Promise<string[]> {
  const rows = await db.all(
    db.q.selectFrom('contact_labels').select('label').where('contact_id', '=', contact_id),
  );
  // Sorted here, because the databases order text differently.
  return rows.map(({ label }) => label).sort();
}

/** An SQL condition over `contacts`: the contact has at least one of these labels. */
export const hasAnyLabel = (db: Sql, labels: readonly string[]): RawBuilder<boolean> =>
  findsRow(sql`select 1 from contact_labels
    where contact_labels.contact_id = contacts.id and ${isAnyTextOf(db, 'label', labels)}`);

/** Selects the ids of contacts that have one of these labels. */
export const selectLabelled = (db: Sql, account_id: number, labels: readonly string[]): RawBuilder<unknown> =>
  sql`select contact_id from contact_labels ${byIndex(db, 'contact_labels_by_label')}
    where account_id = ${account_id} and ${isAnyTextOf(db, 'label', labels)}`;
