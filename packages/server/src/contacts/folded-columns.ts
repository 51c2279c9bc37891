/**
 * Columns of folded text by which contacts are searched and sorted; `store.ts` writes them with the columns that they are made of.
 */
import { type RawBuilder, sql } from 'kysely';
import type { App } from '../app.ts';
import { containsText, isAnyOf } from '../db/dialect.ts';
import { toFoldedTexts } from '../db/folded-texts.ts';
import { type SearchQuery, searchIds, toSearchableText } from '../db/search/search.ts';
import type { ContactRow, FoldedContactColumns } from '../db/tables.ts';
import { fold } from '../fold.ts';
import { readFreeForm } from '../free-form.ts';
import { findText } from '../text.ts';

export type FoldedSource = Pick<
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

/** The folded columns of a contact. In `search_text` a blank separates the texts, so that no match spans two of them. */
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

/** Characters of a sort key: a cursor contains the key of its row, and must stay short. */
const maxKeyLength = 255;

/** Null for a blank value, which is sorted last. */
function toSortKey(value: unknown): string | null {
  return (
    fold(findText(value) ?? '')
      .slice(0, maxKeyLength)
      .toWellFormed() || null
  );
}

/** The columns that `toFolded` makes. */
export const foldedColumns = [
  'search_text',
  'name_key',
  'company_key',
  'city_key',
  'country_key',
  'folded_texts',
] as const satisfies readonly (keyof FoldedContactColumns)[];

/** The columns that `toFolded` reads: an update of any of them writes the folded columns too. */
export const foldedSources: ReadonlySet<string> = new Set([
  'name',
  'phone_number',
  ...foldedFields.texts,
  ...foldedFields.objects,
] satisfies (keyof FoldedSource)[]);

/** With more matches the index is not used: reading contacts in their order then finds a page within a few thousand rows. */
const maxIndexMatches = 10_000;

/** An SQL condition over `contacts`: the contact's searchable text matches the query. Reads the search index. */
export async function contactsMatchingText(
  { db }: App,
  account_id: number,
  query: SearchQuery,
): Promise<RawBuilder<boolean>> {
  const ids = await searchIds(db.longReads, 'contacts', { account_id, query, limit: maxIndexMatches });
  if (ids.length < maxIndexMatches) return isAnyOf(db, 'id', ids);
  const alternatives = query.map(
    (words) =>
      sql`(${sql.join(
        words.map((word) => containsText(db, sql.ref('search_text'), word)),
        sql` and `,
      )})`,
  );
  return sql`(${sql.join(alternatives, sql` or `)})`;
}
