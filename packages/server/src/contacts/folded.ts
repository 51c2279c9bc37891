/** What contacts are searched and sorted by: columns that hold others folded, written together with them. */
import { type RawBuilder, sql } from 'kysely';
import type { App } from '../app.ts';
import { holdsText, isAnyOf } from '../db/dialect.ts';
import { type Question, searchable, searchIds } from '../db/search.ts';
import type { ContactRow, FoldedContactColumns } from '../db/tables.ts';
import { fold } from '../fold.ts';

type Source = Pick<ContactRow, 'name' | 'email' | 'phone_number' | 'identifier'>;

/** A name is sorted by as much as a cursor may hold. */
const longestKey = 255;

/** A blank stands between the texts, so that no word reaches from one into the next. */
export const toFolded = ({ name, email, phone_number, identifier }: Source): FoldedContactColumns => ({
  search_text: [name, email, phone_number, identifier].map((text) => searchable(text ?? '')).join(' '),
  name_key: fold(name).slice(0, longestKey).toWellFormed(),
});

/** Older rows folded by one transaction. */
const portion = 500;

/** Folds some contacts that an older Hoory stored. @returns whether more may be left */
export async function foldOlderContacts({ db }: App): Promise<boolean> {
  const find = sql<Source & { id: number }>`select id, name, email, phone_number, identifier from contacts
    where search_text is null order by id limit ${portion}`;
  if (!(await db.get(find))) return false;
  return db.write(async (tx) => {
    const rows = await tx.all(find);
    await tx.updateMany(
      'contacts',
      rows.map((row) => ({ id: row.id, ...toFolded(row) })),
      ['search_text', 'name_key'],
    );
    return rows.length === portion;
  });
}

/** Contacts that a search picks out; of more, a page is found as it is sorted, in a few times that many rows. */
const mostPicked = 10_000;

/** Whether a contact of the account says what is asked. */
export async function contactsSaying(
  { db }: App,
  account_id: number,
  question: Question,
): Promise<RawBuilder<boolean>> {
  const ids = await searchIds(db, 'contacts', { account_id, question, most: mostPicked });
  if (ids.length < mostPicked) return isAnyOf(db, 'id', ids);
  const ways = question.map(
    (words) =>
      sql`(${sql.join(
        words.map((word) => holdsText(db, sql.ref('search_text'), word)),
        sql` and `,
      )})`,
  );
  return sql`(${sql.join(ways, sql` or `)})`;
}
