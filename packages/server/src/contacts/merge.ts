/** Two contacts become one: the base survives and its values win, gaps are filled from the other, which is deleted. */
import { FREE_FORM, MAX_LABELS } from '@hoory/contract';
import type { App } from '../app.ts';
import type { Tx } from '../db/db.ts';
import type { ContactRow } from '../db/tables.ts';
import { emitAccessChanges } from '../events/access.ts';
import { deletePicture, reassignPicture } from '../files/blobs.ts';
import { type FreeForm, findFreeForm, readBase, toFreeForm } from '../free-form.ts';
import { emitContact } from './events.ts';
import { listLabelTitles, writeContactLabels } from './labels.ts';
import { deepMerge, pictureOwner } from './rules.ts';
import { contactKeys, updateContactRow } from './store.ts';
import { claimsOf } from './wire.ts';

const columns = ['email', 'phone_number', 'identifier', 'location', 'country_code', 'avatar_url'] as const;

export interface ContactMerge {
  base: ContactRow;
  mergee: ContactRow;
  /**
   * When the attributes of both exceed the bounds together: `refuse` the merge, so that an agent loses nothing unseen; or
   * `drop` those of `mergee` for which there is no room, so that a customer's proof is never refused for them.
   */
  whenFull: 'refuse' | 'drop';
}

/**
 * Moves conversations, messages and sessions (keeping `source_id` and `pubsub_token`) to `base` and deletes `mergee`.
 * The account hears of it first; younger nouns hear `contact_merging` and `contact_merged` in the same transaction, move
 * what is theirs and tell their own.
 * @returns the base as it is now
 * @throws invalid 422 for attributes that do not fit together, where `whenFull` is `refuse`; nothing is changed then
 */
export async function mergeContacts(app: App, tx: Tx, merge: ContactMerge): Promise<ContactRow> {
  const { base, mergee } = merge;
  if (base.id === mergee.id) return base;
  const attributes = {
    additional_attributes: mergedAttributes('additional_attributes', merge),
    custom_attributes: mergedAttributes('custom_attributes', merge),
  };
  const moved = await tx.all(
    tx.q
      .updateTable('contact_inboxes')
      .set({ contact_id: base.id })
      .where('contact_id', '=', mergee.id)
      .returning('id'),
  );
  // Whoever is connected is present as the surviving contact from now on.
  emitAccessChanges(
    tx,
    moved.map(({ id }) => ({ session_id: id })),
  );
  await mergeLabels(app, tx, merge);
  await movePicture(app, tx, { base, mergee });
  const detail = { base_id: base.id, mergee_id: mergee.id };
  await app.listeners.notify(tx, [{ event: 'contact_merging', account_id: base.account_id, detail }]);
  await tx.run(tx.q.deleteFrom('contacts').where('id', '=', mergee.id));
  const fillGaps = Object.fromEntries(columns.map((column) => [column, base[column] ?? mergee[column]]));
  const merged = await updateContactRow(app, tx, base, {
    ...fillGaps,
    ...attributes,
    last_activity_at: Math.max(base.last_activity_at ?? 0, mergee.last_activity_at ?? 0) || null,
  });
  await dropAnsweredClaims(app, tx, merged, mergee);
  await emitContact(app, tx, { event: 'contact.merged', contact: merged });
  await emitContact(app, tx, { event: 'contact.deleted', contact: mergee });
  await emitContact(app, tx, { event: 'contact.updated', contact: merged, before: base });
  await app.listeners.notify(tx, [
    { event: 'contact_merged', account_id: base.account_id, detail: { ...detail, merged, mergee } },
  ]);
  return merged;
}

/** The base carries the labels of both. @throws invalid when they do not fit and `whenFull` says so */
async function mergeLabels(app: App, tx: Tx, { base, mergee, whenFull }: ContactMerge): Promise<void> {
  const own = await listLabelTitles(tx, base.id);
  const labels = [...new Set([...own, ...(await listLabelTitles(tx, mergee.id))])];
  const most = Math.max(own.length, MAX_LABELS);
  await writeContactLabels(app, tx, base, whenFull === 'drop' ? labels.slice(0, most) : labels);
}

/** The base takes the other's picture where it has none. */
async function movePicture(
  app: App,
  tx: Tx,
  { base, mergee }: { base: ContactRow; mergee: ContactRow },
): Promise<void> {
  if (base.avatar_url !== null) return deletePicture(app, tx, pictureOwner(mergee.id));
  await reassignPicture(tx, pictureOwner(mergee.id), pictureOwner(base.id));
}

/** A claim on what either contact had is answered by the merge, and is no claim any more (decisions.md 8). */
async function dropAnsweredClaims(app: App, tx: Tx, merged: ContactRow, mergee: ContactRow): Promise<void> {
  const sessions = await tx.all(
    tx.q
      .selectFrom('contact_inboxes')
      .select(['id', 'claims'])
      .where('contact_id', '=', merged.id)
      .where('claims', '<>', '{}'),
  );
  const rows = sessions.map((session) => {
    const claims = claimsOf(session);
    for (const key of contactKeys)
      if (claims[key] === merged[key] || claims[key] === mergee[key]) delete claims[key];
    return { id: session.id, claims: JSON.stringify(claims), updated_at: app.now() };
  });
  await tx.updateMany('contact_inboxes', rows, ['claims', 'updated_at']);
}

/** The attributes of both, of which those of `over` win. @throws invalid when they do not fit and `whenFull` says so */
function mergedAttributes(
  field: 'additional_attributes' | 'custom_attributes',
  { base, mergee, whenFull }: ContactMerge,
): string {
  const under = readBase(mergee[field]);
  const over = readBase(base[field]);
  const all = deepMerge(under, over);
  return whenFull === 'refuse' ? toFreeForm(field, all) : (findFreeForm(all) ?? filled(over, under));
}

/** `over`, with each attribute of `under` that it does not have and has room for. */
function filled(over: FreeForm, under: FreeForm): string {
  const merged = { ...over };
  let keys = Object.keys(over).length;
  let bytes = bytesOf(over);
  for (const [key, value] of Object.entries(under)) {
    const more = bytesOf({ [key]: value });
    if (Object.hasOwn(over, key) || keys === FREE_FORM.maxKeys || bytes + more > FREE_FORM.maxBytes) continue;
    merged[key] = value;
    keys++;
    bytes += more;
  }
  return JSON.stringify(merged);
}

const bytesOf = (value: FreeForm): number => Buffer.byteLength(JSON.stringify(value));
