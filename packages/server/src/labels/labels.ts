/**
 * Labels of an account (application-api.md section 6.10). Conversations and contacts store the titles of their labels, which may be
 * titles without a row here. A rename or deletion is applied to them in the background, from the queue `label_changes`.
 */
import type { Label } from '@hoory/contract';
import { bumpCacheKey } from '../accounts/cache-keys.ts';
import { lockAccount } from '../accounts/store.ts';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import type { Sql, Tx } from '../db/db.ts';
import { newId } from '../db/new-ids.ts';
import type { LabelRow } from '../db/tables.ts';
import { invalid, notFound } from '../errors.ts';
import { fold } from '../fold.ts';
import { toLabelTitle } from './label-titles.ts';
import { insertLabelChanges } from './store-changes.ts';

interface LabelInput {
  title?: string;
  description?: string | null;
  color?: string;
  show_on_sidebar?: boolean | null;
}

const defaultColor = '#1f93ff';

/** All labels of the account, by title. */
export async function listLabels(app: App, { account }: AgentCaller): Promise<{ payload: Label[] }> {
  const rows: LabelRow[] = await app.db.all(labelQuery(app.db, account.id).orderBy('title'));
  return { payload: rows.map(toWire) };
}

/** @throws not_found */
export async function showLabel(app: App, { account }: AgentCaller, { id }: { id: number }): Promise<Label> {
  return toWire(await getLabel(app.db, account.id, id));
}

/**
 * @throws invalid 422 on `title` for characters that a title may not have, and for one that equals another when both are folded
 */
export async function createLabel(
  app: App,
  { account }: AgentCaller,
  input: LabelInput & { title: string },
): Promise<Label> {
  return app.db.write(async (tx) => {
    await lockAccount(tx, account.id);
    const now = app.now();
    const id = await newId(tx, 'labels');
    const row = await checkTitle(tx, {
      id,
      account_id: account.id,
      title: toLabelTitle(input.title),
      description: null,
      color: defaultColor,
      show_on_sidebar: null,
      created_at: now,
      updated_at: now,
      ...columnsOf(input),
    });
    await tx.insertMany('labels', [row]);
    await bumpCacheKey(app, tx, { account_id: account.id, list: 'label' });
    return toWire(row);
  });
}

/** Changes the fields that the input names; a new title is queued for conversations and contacts. @throws not_found, invalid */
export async function updateLabel(
  app: App,
  { account }: AgentCaller,
  { id, ...input }: LabelInput & { id: number },
): Promise<Label> {
  return app.db.write(async (tx) => {
    await lockAccount(tx, account.id);
    const stored = await getLabel(tx, account.id, id);
    const columns = { ...columnsOf(input), updated_at: app.now() };
    const row = await checkTitle(tx, { ...stored, ...columns });
    await tx.run(tx.q.updateTable('labels').set(columns).where('id', '=', id));
    if (row.title !== stored.title) await queueLabelChange(app, tx, stored, row.title);
    await bumpCacheKey(app, tx, { account_id: account.id, list: 'label' });
    return toWire(row);
  });
}

/** Deletes the label, and queues its removal from conversations and contacts. @throws not_found */
export async function deleteLabel(
  app: App,
  { account }: AgentCaller,
  { id }: { id: number },
): Promise<undefined> {
  await app.db.write(async (tx) => {
    await lockAccount(tx, account.id);
    const stored = await getLabel(tx, account.id, id);
    await tx.run(tx.q.deleteFrom('labels').where('id', '=', id));
    await queueLabelChange(app, tx, stored, null);
    await bumpCacheKey(app, tx, { account_id: account.id, list: 'label' });
  });
}

/** Queues the change for conversations and contacts that have the label, and notifies listeners of `label_changed`. */
async function queueLabelChange(
  app: App,
  tx: Tx,
  { account_id, title }: LabelRow,
  new_title: string | null,
): Promise<void> {
  await insertLabelChanges(tx, [{ account_id, title, new_title, created_at: app.now() }]);
  await app.listeners.notify(tx, [{ event: 'label_changed', account_id, detail: {} }]);
}

const labelQuery = (db: Sql, account_id: number) =>
  db.q.selectFrom('labels').selectAll().where('account_id', '=', account_id);

async function getLabel(db: Sql, account_id: number, id: number): Promise<LabelRow> {
  const row: LabelRow | undefined = await db.get(labelQuery(db, account_id).where('id', '=', id));
  if (!row) throw notFound();
  return row;
}

function columnsOf({ title, description, color, show_on_sidebar }: LabelInput): Partial<LabelRow> {
  return {
    ...(title !== undefined && { title: toLabelTitle(title) }),
    ...(description !== undefined && { description }),
    ...(color !== undefined && { color: color.trim() || defaultColor }),
    ...(show_on_sidebar !== undefined && {
      show_on_sidebar: show_on_sidebar === null ? null : Number(show_on_sidebar),
    }),
  };
}

/** Returns the row. The account is locked, so no concurrent request can take the title before the write. @throws invalid */
async function checkTitle(tx: Tx, row: LabelRow): Promise<LabelRow> {
  if (!/^[\p{L}\p{N}][\p{L}\p{M}\p{N}_-]*$/u.test(row.title))
    throw invalid(
      'title',
      'Title needs letters, digits, _ or - in the plain form of its characters, and begins with a letter or digit',
    );
  const others: LabelRow[] = await tx.all(labelQuery(tx, row.account_id).where('id', '<>', row.id));
  if (others.some(({ title }) => fold(title) === fold(row.title)))
    throw invalid('title', 'Title has already been taken');
  return row;
}

const toWire = (row: LabelRow): Label => ({
  id: row.id,
  title: row.title,
  description: row.description,
  color: row.color,
  show_on_sidebar: row.show_on_sidebar === null ? null : row.show_on_sidebar === 1,
});
