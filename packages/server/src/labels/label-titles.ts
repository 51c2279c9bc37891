/** Normalization of label titles: one spelling in which a label is stored, compared and shown. */
import type { Sql, Tx } from '../db/db.ts';
import { fold } from '../fold.ts';
import { insertLabelChanges } from './store-changes.ts';

/** NFKC, lower case, trimmed, with a hyphen for each run of white space. */
export const toLabelTitle = (text: string): string =>
  text.normalize('NFKC').toLowerCase().normalize('NFC').trim().replace(/\s+/gu, '-');

/**
 * Returns a function that normalizes a title and replaces it by the account's label of the same folded text: `cafe` becomes
 * `café` where the account has that label. Reads the account's labels once.
 */
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

/** The normalized titles without duplicates and blanks, in the order given. */
export async function normalizeLabels(
  db: Pick<Sql, 'all' | 'q'>,
  account_id: number,
  texts: readonly string[],
): Promise<string[]> {
  if (!texts.length) return [];
  return [...new Set(texts.map(await openLabelNormalizer(db, account_id)))].filter(Boolean);
}

/**
 * Queues a rename in `label_changes` for each label that an older version stored on conversations or contacts in another spelling,
 * for the accounts that a migration put into `label_spellings_due`. The renames are done in the background.
 */
export async function queueLabelNormalization(tx: Tx, now: number): Promise<void> {
  const due = await tx.all(tx.q.selectFrom('label_spellings_due').select('account_id'));
  for (const { account_id } of due) {
    const normalize = await openLabelNormalizer(tx, account_id);
    const used = await tx.all(
      tx.q
        .selectFrom('conversation_labels')
        .select('label')
        .where('account_id', '=', account_id)
        .union(tx.q.selectFrom('contact_labels').select('label').where('account_id', '=', account_id)),
    );
    const misspelled = used.filter(({ label }) => normalize(label) !== label);
    const changes = misspelled.map(({ label: title }) => ({
      account_id,
      title,
      new_title: normalize(title) || null,
      created_at: now,
    }));
    await insertLabelChanges(tx, changes);
    await tx.run(tx.q.deleteFrom('label_spellings_due').where('account_id', '=', account_id));
  }
}
