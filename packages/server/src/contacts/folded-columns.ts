/** What contacts are searched and sorted by: columns that hold others folded, written together with them. */
import { type RawBuilder, sql } from 'kysely';
import type { App } from '../app.ts';
import { containsText, forUpdate, isAnyOf } from '../db/dialect.ts';
import { toFoldedTexts } from '../db/folded-texts.ts';
import { type SearchQuery, searchIds, toSearchableText } from '../db/search/search.ts';
import type { ContactRow, FoldedContactColumns } from '../db/tables.ts';
import { fold } from '../fold.ts';
import { readFreeForm } from '../free-form.ts';
import { findText } from '../text.ts';

type FoldedSource = Pick<
  ContactRow,
  | 'name'
  | 'email'
  | 'phone_number'
  | 'identifier'
  | 'country_code'
  | 'additional_attributes'
  | 'custom_attributes'
>;

const foldedFields = {
  texts: ['email', 'identifier', 'country_code'],
  objects: ['additional_attributes', 'custom_attributes'],
} as const;

/** A blank stands between the texts, so that no word reaches from one into the next. */
export function toFolded(contact: FoldedSource): FoldedContactColumns {
  const { name, email, phone_number, identifier } = contact;
  const { company_name, city, country } = readFreeForm(contact.additional_attributes);
  return {
    search_text: [name, email, phone_number, identifier]
      .map((text) => toSearchableText(text ?? ''))
      .join(' '),
    name_key: toSortKey(name),
    company_key: toSortKey(company_name),
    city_key: toSortKey(city),
    country_key: toSortKey(country),
    folded_texts: toFoldedTexts(contact, foldedFields),
  };
}

/** Contacts are sorted by as much of a text as a cursor may hold. */
const maxKeyLength = 255;

/** Null when there is nothing to sort by. */
function toSortKey(value: unknown): string | null {
  return (
    fold(findText(value) ?? '')
      .slice(0, maxKeyLength)
      .toWellFormed() || null
  );
}

const foldedColumns = [
  'search_text',
  'name_key',
  'company_key',
  'city_key',
  'country_key',
  'folded_texts',
] as const satisfies readonly (keyof FoldedContactColumns)[];

/** The columns that `toFolded` reads, by which an update knows whether to fold. */
export const foldedSources: ReadonlySet<string> = new Set([
  'name',
  'phone_number',
  ...foldedFields.texts,
  ...foldedFields.objects,
] satisfies (keyof FoldedSource)[]);

/** Older rows folded by one transaction. */
const batchSize = 500;

/** Folds some contacts that an older Hoory stored. @returns whether more may be left */
export async function foldOlderContacts({ db }: App): Promise<boolean> {
  const find = sql<
    FoldedSource & { id: number }
  >`select id, name, email, phone_number, identifier, country_code,
      additional_attributes, custom_attributes
    from contacts where folded_texts is null order by id limit ${batchSize}`;
  if (!(await db.get(find))) return false;
  return db.write(async (tx) => {
    const rows = await tx.all(sql<FoldedSource & { id: number }>`${find} ${forUpdate(tx)}`);
    const folded = rows.map((row) => ({ id: row.id, ...toFolded(row) }));
    await tx.updateMany('contacts', folded, foldedColumns);
    return rows.length === batchSize;
  });
}

/** Contacts that a search picks out; of more, a page is found as it is sorted, in a few times that many rows. */
const maxIndexMatches = 10_000;

/** Whether a contact of the account says what is asked. */
export async function contactsMatchingText(
  { db }: App,
  account_id: number,
  question: SearchQuery,
): Promise<RawBuilder<boolean>> {
  const ids = await searchIds(db.longReads, 'contacts', { account_id, question, most: maxIndexMatches });
  if (ids.length < maxIndexMatches) return isAnyOf(db, 'id', ids);
  const ways = question.map(
    (words) =>
      sql`(${sql.join(
        words.map((word) => containsText(db, sql.ref('search_text'), word)),
        sql` and `,
      )})`,
  );
  return sql`(${sql.join(ways, sql` or `)})`;
}
