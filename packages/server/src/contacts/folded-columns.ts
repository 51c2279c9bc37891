/**
 * Columns of folded text by which contacts are searched and sorted; `store.ts` writes them with the columns that they are made of.
 */
import { type RawBuilder, sql } from 'kysely';
import type { App } from '../app.ts';
import { type Candidates, candidatesOf, countCandidates } from '../db/bounded-list.ts';
import type { Sql } from '../db/db.ts';
import { containsText, isAnyOf, isAnyTextOf } from '../db/dialect.ts';
import { toFoldedTexts } from '../db/folded-texts.ts';
import { parseSearchQuery, type SearchQuery, searchIds, toSearchableText } from '../db/search/search.ts';
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
const toSortKey = (value: unknown): string | null => cutKey(fold(findText(value) ?? '')) || null;

const cutKey = (folded: string): string => folded.slice(0, maxKeyLength).toWellFormed();

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

/** When more rows match, the list reads contacts in its own order instead, which fills a page soon. */
const maxIndexMatches = 2000;

/** A condition over `contacts`. */
export interface ContactTest {
  test: RawBuilder<boolean>;
  candidates?: Candidates | undefined;
}

/** The contact's searchable text matches the query. Reads the search index. */
export async function contactsMatchingText(
  { db }: App,
  account_id: number,
  query: SearchQuery,
): Promise<ContactTest> {
  const ids = await searchIds(db.longReads, 'contacts', { account_id, query, limit: maxIndexMatches });
  if (ids.length < maxIndexMatches)
    return { test: isAnyOf(db, 'id', ids), candidates: candidatesOf(db, ids) };
  const alternatives = query.map(
    (words) =>
      sql`(${sql.join(
        words.map((word) => containsText(db, sql.ref('search_text'), word)),
        sql` and `,
      )})`,
  );
  return { test: sql`(${sql.join(alternatives, sql` or `)})` };
}

/** Contacts whose searchable text contains all words of one of the texts. @param texts folded */
export async function candidatesByText(
  { db }: App,
  account_id: number,
  texts: readonly string[],
): Promise<Candidates | undefined> {
  const queries = texts.map(parseSearchQuery);
  // A text of signs alone is in no index, nor is a contact of an older version before it is folded.
  if (!queries.every(({ length }) => length) || (await hasUnfolded(db, account_id))) return undefined;
  const query = queries.flat();
  const ids = await searchIds(db.longReads, 'contacts', { account_id, query, limit: maxIndexMatches });
  return ids.length < maxIndexMatches ? candidatesOf(db, ids) : undefined;
}

/** Contacts with one of the texts as sort key. @param texts folded */
export async function candidatesByKey(
  { db }: App,
  account_id: number,
  { key, texts }: { key: 'city_key' | 'company_key'; texts: readonly string[] },
): Promise<Candidates | undefined> {
  if (await hasUnfolded(db, account_id)) return undefined;
  const keys = texts.map(cutKey);
  return countCandidates(
    db.longReads,
    sql`select id from contacts where account_id = ${account_id} and ${isAnyTextOf(db, key, keys)}`,
  );
}

const hasUnfolded = async (db: Sql, account_id: number): Promise<boolean> =>
  (await db.get(
    sql`select id from contacts where folded_texts is null and account_id = ${account_id} limit 1`,
  )) !== undefined;
