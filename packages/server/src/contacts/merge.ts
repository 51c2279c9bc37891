/** Two contacts become one: the base survives and its values win, gaps are filled from the other, which is deleted. */
import type { App } from '../app.ts';
import type { Tx } from '../db/db.ts';
import type { ContactRow } from '../db/tables.ts';
import { deepMerge } from './rules.ts';
import { updateContactRow } from './store.ts';

const columns = ['email', 'phone_number', 'identifier', 'location', 'country_code', 'avatar_url'] as const;

/**
 * Moves conversations, messages and sessions (keeping `source_id` and `pubsub_token`) to `base` and deletes `mergee`.
 * Younger nouns hear `contact_merged` in the same transaction and tell their own.
 * @returns the base as it is now
 */
export async function mergeContacts(
  app: App,
  tx: Tx,
  { base, mergee }: { base: ContactRow; mergee: ContactRow },
): Promise<ContactRow> {
  if (base.id === mergee.id) return base;
  await tx.run(
    tx.q.updateTable('contact_inboxes').set({ contact_id: base.id }).where('contact_id', '=', mergee.id),
  );
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
  await app.listeners.tell(tx, [
    { event: 'contact_merged', account_id: base.account_id, detail: { ...detail, merged, mergee } },
  ]);
  return merged;
}

const mergedJson = (under: string, over: string) =>
  JSON.stringify(deepMerge(JSON.parse(under), JSON.parse(over)));
