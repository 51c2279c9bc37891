/** SQL that SQLite and PostgreSQL write differently, under one name for both. */
import { type AliasedRawBuilder, type Expression, type RawBuilder, sql } from 'kysely';
import { codeOf } from './database-failed.ts';
import type { Sql, Tx } from './db.ts';

/** `column in (list)` with one parameter, so that lists of every length share one prepared statement. */
export function isAnyOf(
  db: Pick<Sql, 'dialect'>,
  column: string | Expression<unknown>,
  ids: readonly number[] | unknown,
): RawBuilder<boolean> {
  return inList(db, typeof column === 'string' ? sql.ref(column) : column, ids, 'bigint');
}

/** As `isAnyOf`, for text columns. */
export function isAnyTextOf(
  db: Pick<Sql, 'dialect'>,
  column: string | Expression<unknown>,
  texts: readonly string[] | unknown,
): RawBuilder<boolean> {
  return inList(db, typeof column === 'string' ? sql.ref(column) : column, texts, 'text');
}

function inList(
  db: Pick<Sql, 'dialect'>,
  column: Expression<unknown>,
  list: unknown,
  type: 'bigint' | 'text',
): RawBuilder<boolean> {
  return db.dialect === 'sqlite'
    ? sql<boolean>`${column} in (select value from json_each(${jsonOf(list)}))`
    : sql<boolean>`${column} = any(${list}::${sql.raw(type)}[])`;
}

/** `column in (query)`, which runs first and once: PostgreSQL would plan it as a join, and without statistics read both tables whole. */
export const isAnySelected = (
  db: Pick<Sql, 'dialect'>,
  column: string,
  query: RawBuilder<unknown>,
): RawBuilder<boolean> =>
  db.dialect === 'sqlite'
    ? sql<boolean>`${sql.ref(column)} in (${query})`
    : sql<boolean>`${sql.ref(column)} = any(array(${query}))`;

/** Arrays become JSON text for SQLite; a parameter of a prepared query is left for its caller to fill with `listValue`. */
const jsonOf = (list: unknown) => (Array.isArray(list) ? JSON.stringify(list) : list);

/** The value that fills a list parameter of a `preparedQuery`. */
export const listValue = (db: Pick<Sql, 'dialect'>, list: readonly (number | string)[]): unknown =>
  db.dialect === 'sqlite' ? JSON.stringify(list) : list;

/** Columns of a joined table as an object `name` of the row (`db/row-functions.ts`). */
export const nested = <Table extends string, Column extends string, Name extends string>(
  table: Table,
  columns: readonly Column[],
  name: Name,
) => columns.map((column) => `${table}.${column} as ${name}.${column}` as const);

/** Rows `(position, first, second, third)` of a JSON array of arrays, to join with; PostgreSQL would read it again for each row joined. */
export const jsonTriples = (
  db: Pick<Sql, 'dialect'>,
  triples: unknown,
): AliasedRawBuilder<Triple, 'triple'> =>
  (db.dialect === 'sqlite'
    ? sql<Triple>`(select key as position, value ->> 0 as first, value ->> 1 as second, value ->> 2 as third from json_each(${triples}))`
    : sql<Triple>`(select ordinality - 1 as position, value ->> 0 as first, value ->> 1 as second, value ->> 2 as third
        from json_array_elements(${triples}::json) with ordinality offset 0)`
  ).as('triple');

interface Triple {
  position: number;
  first: string;
  second: string;
  third: string;
}

/** Locks the selected rows until the transaction ends. SQLite has one writer and needs no lock. */
export const forUpdate = (db: Pick<Sql, 'dialect'>): RawBuilder<unknown> =>
  db.dialect === 'sqlite' ? sql`` : sql`for update`;

/** Locks the selected rows and skips rows that another transaction has locked. */
export const skipLocked = (db: Pick<Sql, 'dialect'>): RawBuilder<unknown> =>
  db.dialect === 'sqlite' ? sql`` : sql`for update skip locked`;

/** Whether a text expression contains `text`, letter for letter. */
export const containsText = (
  db: Pick<Sql, 'dialect'>,
  expression: Expression<unknown>,
  text: string,
): RawBuilder<boolean> =>
  db.dialect === 'sqlite'
    ? sql<boolean>`instr(${expression}, ${text}) > 0`
    : sql<boolean>`strpos(${expression}, ${text}) > 0`;

/** Whether a text expression begins with `text`, letter for letter. */
export const beginsWith = (
  db: Pick<Sql, 'dialect'>,
  expression: Expression<unknown>,
  text: string,
): RawBuilder<boolean> =>
  db.dialect === 'sqlite'
    ? sql<boolean>`instr(${expression}, ${text}) = 1`
    : sql<boolean>`starts_with(${expression}, ${text})`;

/** Case-insensitive match of any expression with a pattern, whose literal parts are made with `literally`. */
export const isLike = (
  db: Pick<Sql, 'dialect'>,
  text: Expression<unknown>,
  pattern: string,
): RawBuilder<boolean> =>
  db.dialect === 'sqlite'
    ? sql<boolean>`${text} like ${pattern} escape '\\'`
    : sql<boolean>`${text} ilike ${pattern}`;

/** Text inside a pattern, without a meaning of its own. */
export const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&');

/** Whether a numeric expression equals one of `numbers`; fractions are allowed, unlike in `isAnyOf`. */
export const isAnyNumber = (
  db: Pick<Sql, 'dialect'>,
  number: Expression<unknown>,
  numbers: readonly number[],
): RawBuilder<boolean> =>
  db.dialect === 'sqlite'
    ? sql<boolean>`${number} in (select value from json_each(${JSON.stringify(numbers)}))`
    : // An index of an integer column is used for integers only.
      sql<boolean>`${number} = any(${numbers}::${sql.raw(numbers.every(Number.isSafeInteger) ? 'bigint' : 'numeric')}[])`;

/** Rows `(value)` of a JSON array kept as text, to select from. */
export const jsonItems = (db: Pick<Sql, 'dialect'>, list: Expression<unknown>): RawBuilder<unknown> =>
  db.dialect === 'sqlite'
    ? sql`json_each(${list}) as items`
    : sql`json_array_elements_text(${list}::json) as items (value)`;

/** The values of a column of a group as JSON array, kept as text; `[]` when there are none. */
export const jsonListOf = (db: Pick<Sql, 'dialect'>, column: string): RawBuilder<string> =>
  db.dialect === 'sqlite'
    ? sql<string>`json_group_array(${sql.ref(column)})`
    : sql<string>`coalesce(json_agg(${sql.ref(column)})::text, '[]')`;

/** A text expression as number where it reads as one, else null: PostgreSQL would fail the whole query. */
export const numberIn = (db: Pick<Sql, 'dialect'>, text: Expression<unknown>): RawBuilder<number | null> =>
  db.dialect === 'sqlite'
    ? sql<
        number | null
      >`case when ${text} glob '*[0-9]*' and not ${text} glob '*[^0-9.+-]*' then cast(${text} as numeric) end`
    : sql<number | null>`case when ${text} ~ '^[+-]?[0-9]+([.][0-9]+)?$' then (${text})::numeric end`;

/**
 * A value inside a JSON text column, as text; null when the key is missing. SQLite fails the whole query on a text that nests
 * deeper than 1000 levels, which older versions stored: it counts as one without the key.
 */
export const jsonText = (db: Pick<Sql, 'dialect'>, column: string, key: string): RawBuilder<string | null> =>
  db.dialect === 'sqlite'
    ? sql<
        string | null
      >`case when json_valid(${sql.ref(column)}) then json_extract(${sql.ref(column)}, ${`$."${key.replaceAll('"', '')}"`}) end`
    : sql<string | null>`${sql.ref(column)}::json ->> ${key}`;

/** A unique value is taken, or PostgreSQL has broken a deadlock of two writers. */
const conflicts = ['23505', '40P01', 'SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY'];

/** Whether a statement failed because another writer committed in between: the same work may succeed when it runs again. */
export const isConflict = (error: unknown): boolean => conflicts.includes(codeOf(error));

/** Makes other transactions that lock `name` wait until `tx` has ended. SQLite has one writer, which needs no lock. */
export async function lockName(tx: Tx, name: string): Promise<void> {
  if (tx.dialect === 'postgres')
    await tx.all(sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`);
}

/**
 * A column that filters what an index has put in order. SQLite without statistics would rather look each value up in an
 * index of that column and sort everything it finds.
 */
export const unindexed = (db: Pick<Sql, 'dialect'>, column: string): RawBuilder<unknown> =>
  db.dialect === 'sqlite' ? sql`+${sql.ref(column)}` : sql.ref(column);

/** Milliseconds: PostgreSQL's indexes hold times of activity in such steps. */
export const activityStep = 300_000;

/** Whether the last activity was before `time` (milliseconds). */
export const isActiveBefore = (db: Pick<Sql, 'dialect'>, time: number): RawBuilder<boolean> =>
  db.dialect === 'sqlite'
    ? sql<boolean>`last_activity_at < ${time}`
    : sql<boolean>`(activity_step <= cast(${time} as bigint) / ${sql.lit(activityStep)} and last_activity_at < ${time})`;

/**
 * Makes SQLite use this index for the table before it. With statistics of one large account it would rather scan the table, also for
 * a value that few rows have.
 */
export const byIndex = (db: Pick<Sql, 'dialect'>, name: string): RawBuilder<unknown> =>
  db.dialect === 'sqlite' ? sql`indexed by ${sql.raw(name)}` : sql``;

/** Whether a query that names a column of the outer row finds a row. The offset keeps PostgreSQL from reading the inner table whole. */
export const findsRow = (query: RawBuilder<unknown>): RawBuilder<boolean> =>
  sql<boolean>`exists (${query} limit 1 offset 0)`;
