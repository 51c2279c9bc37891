/** What SQLite and PostgreSQL cannot say alike, under one name each. */
import { type RawBuilder, sql } from 'kysely';
import type { Sql } from './db.ts';

type Reference = ReturnType<typeof sql.ref>;

/** `column in (list)` with one parameter, so that lists of every length share one prepared statement. */
export function isAnyOf(
  db: Pick<Sql, 'dialect'>,
  column: string,
  ids: readonly number[] | unknown,
): RawBuilder<boolean> {
  return inList(db, sql.ref(column), ids, 'bigint');
}

/** As `isAnyOf`, for text columns. */
export function isAnyTextOf(
  db: Pick<Sql, 'dialect'>,
  column: string,
  texts: readonly string[] | unknown,
): RawBuilder<boolean> {
  return inList(db, sql.ref(column), texts, 'text');
}

function inList(
  db: Pick<Sql, 'dialect'>,
  column: Reference,
  list: unknown,
  type: 'bigint' | 'text',
): RawBuilder<boolean> {
  return db.dialect === 'sqlite'
    ? sql<boolean>`${column} in (select value from json_each(${jsonOf(list)}))`
    : sql<boolean>`${column} = any(${list}::${sql.raw(type)}[])`;
}

/** Arrays become JSON text for SQLite; a place of a statement is left for its caller to fill with `listFor`. */
const jsonOf = (list: unknown) => (Array.isArray(list) ? JSON.stringify(list) : list);

/** The value that fills a list's place in a `statement`. */
export const listFor = (db: Pick<Sql, 'dialect'>, list: readonly (number | string)[]): unknown =>
  db.dialect === 'sqlite' ? JSON.stringify(list) : list;

/** Locks the selected rows until the transaction ends. SQLite has one writer and needs no lock. */
export const forUpdate = (db: Pick<Sql, 'dialect'>): RawBuilder<unknown> =>
  db.dialect === 'sqlite' ? sql`` : sql`for update`;

/** Case-insensitive "contains", with the text taken literally. */
export function contains(db: Pick<Sql, 'dialect'>, column: string, text: string): RawBuilder<boolean> {
  const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  return db.dialect === 'sqlite'
    ? sql<boolean>`${sql.ref(column)} like ${pattern} escape '\\'`
    : sql<boolean>`${sql.ref(column)} ilike ${pattern}`;
}

/** A value inside a JSON text column, as text; null when the key is missing. */
export const jsonText = (db: Pick<Sql, 'dialect'>, column: string, key: string): RawBuilder<string | null> =>
  db.dialect === 'sqlite'
    ? sql<string | null>`json_extract(${sql.ref(column)}, ${`$."${key.replaceAll('"', '')}"`})`
    : sql<string | null>`${sql.ref(column)}::json ->> ${key}`;
