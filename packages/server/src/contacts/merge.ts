/** Two contacts become one: the base survives and its values win, gaps are filled from the other, which is deleted. */
import type { App } from '../app.ts';
import type { Tx } from '../db/db.ts';
import type { ContactRow } from '../db/tables.ts';
import { tellAccess } from '../events/access.ts';
import { dropPicture, passPicture } from '../files/blobs.ts';
import { emitContact } from './events.ts';
import { labelsOf, writeContactLabels } from './labels.ts';
import { deepMerge, pictureOwner } from './rules.ts';
import { updateContactRow } from './store.ts';
import { claimsOf } from './wire.ts';

const columns = ['email', 'phone_number', 'identifier', 'location', 'country_code', 'avatar_url'] as const;

/**
 * Moves conversations, messages and sessions (keeping `source_id` and `pubsub_token`) to `base` and deletes `mergee`.
 * The account hears of it first; younger nouns hear `contact_merging` and `contact_merged` in the same transaction, move
 * what is theirs and tell their own.
 * @returns the base as it is now
 */
export async function mergeContacts(
  app: App,
  tx: Tx,
  { base, mergee }: { base: ContactRow; mergee: ContactRow },
): Promise<ContactRow> {
  if (base.id === mergee.id) return base;
  const moved = await tx.all(
    tx.q
      .updateTable('contact_inboxes')
      .set({ contact_id: base.id })
      .where('contact_id', '=', mergee.id)
      .returning('id'),
  );
  // Whoever is connected is present as the surviving contact from now on.
  tellAccess(
    tx,
    moved.map(({ id }) => ({ session_id: id })),
  );
  const labels = [...(await labelsOf(tx, base.id)), ...(await labelsOf(tx, mergee.id))];
  await writeContactLabels(app, tx, base, [...new Set(labels)]);
  await movePicture(app, tx, { base, mergee });
  const detail = { base_id: base.id, mergee_id: mergee.id };
  await app.listeners.tell(tx, [{ event: 'contact_merging', account_id: base.account_id, detail }]);
  await tx.run(tx.q.deleteFrom('contacts').where('id', '=', mergee.id));
  const filled = Object.fromEntries(columns.map((column) => [column, base[column] ?? mergee[column]]));
  const merged = await updateContactRow(app, tx, base, {
    ...filled,
    additional_attributes: mergedJson(mergee.additional_attributes, base.additional_attributes),
    custom_attributes: mergedJson(mergee.custom_attributes, base.custom_attributes),
    last_activity_at: Math.max(base.last_activity_at ?? 0, mergee.last_activity_at ?? 0) || null,
  });
  await settleClaims(app, tx, merged, mergee);
  await emitContact(app, tx, { event: 'contact.merged', contact: merged });
  await emitContact(app, tx, { event: 'contact.deleted', contact: mergee });
  await emitContact(app, tx, { event: 'contact.updated', contact: merged, before: base });
  await app.listeners.tell(tx, [
    { event: 'contact_merged', account_id: base.account_id, detail: { ...detail, merged, mergee } },
  ]);
  return merged;
}

/** The base takes the other's picture where it has none. */
async function movePicture(
  app: App,
  tx: Tx,
  { base, mergee }: { base: ContactRow; mergee: ContactRow },
): Promise<void> {
  if (base.avatar_url !== null) return dropPicture(app, tx, pictureOwner(mergee.id));
  await passPicture(tx, pictureOwner(mergee.id), pictureOwner(base.id));
}

/** A claim on what either contact had is answered by the merge, and is no claim any more (design.md section 8). */
async function settleClaims(app: App, tx: Tx, merged: ContactRow, mergee: ContactRow): Promise<void> {
  const sessions = await tx.all(
    tx.q
      .selectFrom('contact_inboxes')
      .select(['id', 'claims'])
      .where('contact_id', '=', merged.id)
      .where('claims', '<>', '{}'),
  );
  const isSettled = (key: 'identifier' | 'email' | 'phone_number', value: string) =>
    value === merged[key] || value === mergee[key];
  const settled = sessions.map((session) => {
    const open = Object.entries(claimsOf(session)).filter(
      ([key, value]) => !isSettled(key as 'identifier' | 'email' | 'phone_number', value),
    );
    return { id: session.id, claims: JSON.stringify(Object.fromEntries(open)), updated_at: app.now() };
  });
  await tx.updateMany('contact_inboxes', settled, ['claims', 'updated_at']);
}

const mergedJson = (under: string, over: string) =>
  JSON.stringify(deepMerge(JSON.parse(under), JSON.parse(over)));
