/** Merge of two contacts: the base remains and its values win; missing values are taken from the mergee, which is deleted. */
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
import { contactKeys, deleteContactRow, moveSessions, updateClaims, updateContactRow } from './store.ts';
import { claimsOf } from './wire.ts';

const columns = ['email', 'phone_number', 'identifier', 'location', 'country_code', 'avatar_url'] as const;

export interface ContactMerge {
  base: ContactRow;
  mergee: ContactRow;
  /**
   * The action when the attributes or labels of both exceed the bounds together: `refuse` the merge, so that an agent loses no data
   * unnoticed, or `drop` those of `mergee` that have no room, so that a customer's proof is never refused because of them.
   */
  whenFull: 'refuse' | 'drop';
}

/**
 * Moves the sessions of `mergee`, with `source_id` and `pubsub_token`, to `base` and deletes `mergee`. Listeners of
 * `contact_merging`
 * and `contact_merged` move conversations, notes and other rows in the same transaction.
 * @returns the base after the merge
 * @throws invalid 422 for attributes or labels that exceed the bounds together, if `whenFull` is `refuse`
 */
export async function mergeContacts(app: App, tx: Tx, merge: ContactMerge): Promise<ContactRow> {
  const { base, mergee } = merge;
  if (base.id === mergee.id) return base;
  const attributes = {
    additional_attributes: mergedAttributes('additional_attributes', merge),
    custom_attributes: mergedAttributes('custom_attributes', merge),
  };
  const movedIds = await moveSessions(tx, { from: mergee.id, to: base.id });
  // Connected sessions are shown as the remaining contact's presence from now on.
  emitAccessChanges(
    tx,
    movedIds.map((session_id) => ({ session_id })),
  );
  await mergeLabels(app, tx, merge);
  await movePicture(app, tx, { base, mergee });
  const detail = { base_id: base.id, mergee_id: mergee.id };
  await app.listeners.notify(tx, [{ event: 'contact_merging', account_id: base.account_id, detail }]);
  await deleteContactRow(tx, mergee.id);
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

/** Gives the base the labels of both. @throws invalid 422 for too many labels if `whenFull` is `refuse` */
async function mergeLabels(app: App, tx: Tx, { base, mergee, whenFull }: ContactMerge): Promise<void> {
  const own = await listLabelTitles(tx, base.id);
  const labels = [...new Set([...own, ...(await listLabelTitles(tx, mergee.id))])];
  const most = Math.max(own.length, MAX_LABELS);
  await writeContactLabels(app, tx, base, whenFull === 'drop' ? labels.slice(0, most) : labels);
}

/** A base without picture gets the mergee's; otherwise the mergee's is deleted. */
async function movePicture(
  app: App,
  tx: Tx,
  { base, mergee }: { base: ContactRow; mergee: ContactRow },
): Promise<void> {
  if (base.avatar_url !== null) return deletePicture(app, tx, pictureOwner(mergee.id));
  await reassignPicture(tx, pictureOwner(mergee.id), pictureOwner(base.id));
}

/** Deletes claims on values that either contact had: they belong to the session's own contact now (decisions.md 8). */
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
    return { id: session.id, claims: JSON.stringify(claims) };
  });
  await updateClaims(app, tx, rows);
}

/** The attributes of both; those of the base win. @throws invalid 422 beyond the bounds if `whenFull` is `refuse` */
function mergedAttributes(
  field: 'additional_attributes' | 'custom_attributes',
  { base, mergee, whenFull }: ContactMerge,
): string {
  const under = readBase(mergee[field]);
  const over = readBase(base[field]);
  const all = deepMerge(under, over);
  return whenFull === 'refuse' ? toFreeForm(field, all) : (findFreeForm(all) ?? fillWhileRoom(over, under));
}

/** `over`, with those missing attributes of `under` that have room. @returns JSON text */
function fillWhileRoom(over: FreeForm, under: FreeForm): string {
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
