/** The one spelling of a label, in which it is stored, compared and shown. */
import type { Sql, Tx } from '../db/db.ts';
import { withNewIds } from '../db/new-ids.ts';
import { fold } from '../fold.ts';

/** In lower case, with a hyphen for white space. */
export const toLabelTitle = (text: string): string =>
  text.normalize('NFKC').toLowerCase().normalize('NFC').trim().replace(/\s+/gu, '-');

/** Spells a label as the account does, which has one label of letters that differ in accents alone. */
export async function openLabelNormalizer(
  db: Pick<Sql, 'all' | 'q'>,
  account_id: number,
): Promise<(text: string) => string> {
  const rows = await db.all(db.q.selectFrom('labels').select('title').where('account_id', '=', account_id));
  const titles = new Map(rows.map(({ title }) => [fold(title), title]));
  return (text) => {
    const label = toLabelTitle(text);
    return titles.get(fold(label)) ?? label;
  };
}

/** Each label once and spelled, in their order; blanks are dropped. */
export async function normalizeLabels(
  db: Pick<Sql, 'all' | 'q'>,
  account_id: number,
  texts: readonly string[],
): Promise<string[]> {
  if (!texts.length) return [];
  return [...new Set(texts.map(await openLabelNormalizer(db, account_id)))].filter(Boolean);
}

/** Leaves the labels that an older Hoory stored in other spellings to those that follow `label_changes`. */
export async function queueLabelNormalization(tx: Tx, now: number): Promise<void> {
  const due = await tx.all(tx.q.selectFrom('label_spellings_due').select('account_id'));
  for (const { account_id } of due) {
    const spell = await openLabelNormalizer(tx, account_id);
    const carried = await tx.all(
      tx.q
        .selectFrom('conversation_labels')
        .select('label')
        .where('account_id', '=', account_id)
        .union(tx.q.selectFrom('contact_labels').select('label').where('account_id', '=', account_id)),
    );
    const misspelled = carried.filter(({ label }) => spell(label) !== label);
    const changes = misspelled.map(({ label: title }) => ({
      account_id,
      title,
      new_title: spell(title) || null,
      created_at: now,
    }));
    await tx.insertMany('label_changes', await withNewIds(tx, 'label_changes', changes));
    await tx.run(tx.q.deleteFrom('label_spellings_due').where('account_id', '=', account_id));
  }
}
