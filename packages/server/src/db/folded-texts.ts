/**
 * Texts that filters compare, folded (`fold.ts`): a row with free-form objects keeps, as JSON in its column `folded_texts`, each
 * text whose folded form is more than ASCII lower case. Where there is none, ASCII lower case is the folded form, which both
 * databases make alike; so a row that an older Hoory stored is found without regard to ASCII case until it is folded.
 */
import { type Expression, type RawBuilder, sql } from 'kysely';
import { fold } from '../fold.ts';
import { readFreeForm } from '../free-form.ts';
import type { Sql } from './db.ts';
import { jsonText } from './dialect.ts';

/** Of the columns `texts`, and of every value in the free-form objects `objects`. */
export interface FoldedColumns<Name extends string> {
  texts: readonly Name[];
  objects: readonly Name[];
}

/** The value of `folded_texts` for a row. */
export function toFoldedTexts<Name extends string>(
  row: Record<Name, string | null>,
  { texts, objects }: FoldedColumns<Name>,
): string {
  const folded: Record<string, string> = {};
  const add = (name: string, text: string) => {
    const form = fold(text);
    if (form !== asciiLower(text)) folded[name] = form.toWellFormed();
  };
  for (const column of texts) add(column, row[column] ?? '');
  for (const column of objects)
    for (const [key, value] of Object.entries(readFreeForm(row[column] ?? '{}')))
      if (typeof value === 'string') add(nameOf(column, key), value);
  return JSON.stringify(folded);
}

/** The folded form of a text column. */
export const foldedColumn = (db: Pick<Sql, 'dialect'>, column: string): RawBuilder<string | null> =>
  foldedText(db, column, sql.ref(column));

/** The folded form of a value in a free-form object; null when the key is missing. */
export const foldedValue = (
  db: Pick<Sql, 'dialect'>,
  column: string,
  key: string,
): RawBuilder<string | null> =>
  foldedText(db, nameOf(column, key), sql`cast(${jsonText(db, column, key)} as text)`);

const foldedText = (
  db: Pick<Sql, 'dialect'>,
  name: string,
  text: Expression<unknown>,
): RawBuilder<string | null> =>
  db.dialect === 'sqlite'
    ? sql`coalesce(${jsonText(db, 'folded_texts', name)}, lower(${text}))`
    : sql`coalesce(${jsonText(db, 'folded_texts', name)}, lower(${text} collate "C"))`;

const nameOf = (column: string, key: string) => `${column}.${key}`;

const asciiLower = (text: string) => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
