/**
 * Converts the conditions of a filter (application-api.md section 6.7) to an SQL expression for both databases. This file knows
 * kinds
 * and operators; the caller defines the attributes and their columns.
 */
import { own } from '@hoory/contract';
import { type Expression, type RawBuilder, sql } from 'kysely';
import { unprocessable } from '../errors.ts';
import { fold } from '../fold.ts';
import { type Clock, dayMs, readIso, toIso } from '../time.ts';
import { type Candidates, fewest } from './bounded-list.ts';
import type { Sql } from './db.ts';
import {
  activityStep,
  beginsWith,
  containsText,
  isAnyNumber,
  isAnyTextOf,
  jsonItems,
  jsonText,
  numberIn,
} from './dialect.ts';
import { foldedValue } from './folded-texts.ts';

export interface Condition {
  attribute_key: string;
  filter_operator: string;
  values?: readonly unknown[];
  /** Joins this condition to the next: AND, the default, or OR. AND has precedence. */
  query_operator?: string | null;
}

/**
 * How an attribute is stored and compared: `text` as folded text (`folded-texts.ts`), `number`, `boolean` as 1 and 0, `date` in
 * milliseconds, `day` as text YYYY-MM-DD, `list` as a JSON array of texts.
 */
export type FilterKind = 'text' | 'number' | 'boolean' | 'date' | 'day' | 'list';

export interface FilterColumn {
  kind: FilterKind;
  expression: Expression<unknown>;
  /** Converts a text of a condition into its stored form, for `text`, where it is folded already, and `list`. */
  read?(text: string): string;
  /** For a date, the column that the index of PostgreSQL has instead (`SortPart.steps`). */
  steps?: RawBuilder<unknown>;
  /** Finds rows for a condition by an index; undefined where none has the attribute. */
  index?: FilterIndex;
}

/** Ids of few rows that include every row that meets a condition: they are tested in place of all rows. */
export interface FilterIndex {
  /** Operators that the index can find rows for. No operator that begins with a negation is one. */
  operators: readonly string[];
  /** Selects the ids. @param texts values of a `text` or `list`, in their stored form */
  select(condition: { where: Where; texts: readonly string[] }): Promise<Candidates | undefined>;
}

export interface FilterColumns {
  /** The column of an attribute; undefined when there is no such attribute. */
  columnOf(attribute_key: string): FilterColumn | undefined;
  /** Milliseconds, for `days_before`. */
  now: number;
  /** Of the time zone that defines days. */
  clock: Clock;
}

type Db = Pick<Sql, 'dialect'>;
type Where = RawBuilder<boolean>;

/** SQLite limits the depth of an expression to 1000; both limits together stay far below it. */
const maxConditions = 100;
const maxValuesPerCondition = 200;
/** Of all conditions. A list repeats them for each status, and SQLite takes 32,766 values in one statement. */
const maxValues = 300;

export interface Filter {
  /** True for rows that meet the conditions; without conditions, for all rows. */
  where: Where;
  /** The conditions in their order, when all of them must be met. */
  tests: readonly Where[] | undefined;
  /** Few rows that include every row that meets the conditions; undefined when no index finds them. */
  findCandidates(): Promise<Candidates | undefined>;
}

/**
 * Reads the conditions of a filter.
 * @throws unprocessable 422 for an unknown attribute, an operator that its kind does not have, an invalid value, and too many of
 * them
 */
export function filterBy(db: Db, conditions: readonly Condition[], columns: FilterColumns): Filter {
  if (conditions.length > maxConditions)
    throw unprocessable(`A filter takes at most ${maxConditions} conditions`);
  if (conditions.reduce((sum, { values = [] }) => sum + values.length, 0) > maxValues)
    throw unprocessable(`A filter takes at most ${maxValues} values`);
  const alternatives: Test[][] = [[]];
  conditions.forEach((condition, index) => {
    alternatives.at(-1)?.push(compare(db, condition, columns));
    if (joinOf(condition) === 'OR' && index < conditions.length - 1) alternatives.push([]);
  });
  if (!conditions.length) return { where: sql`1 = 1`, tests: [], findCandidates: async () => undefined };
  return {
    where: any(
      alternatives.map(
        (all) =>
          sql<boolean>`(${sql.join(
            all.map(({ where }) => where),
            sql` and `,
          )})`,
      ),
    ),
    tests: alternatives.length === 1 ? alternatives[0]?.map(({ where }) => where) : undefined,
    findCandidates: () => candidatesOfAny(alternatives),
  };
}

/** A condition in SQL. */
interface Test {
  where: Where;
  findCandidates?(): Promise<Candidates | undefined>;
}

/** The candidates of the most selective condition of each alternative; undefined when an alternative has none. */
async function candidatesOfAny(alternatives: readonly (readonly Test[])[]): Promise<Candidates | undefined> {
  const parts: Candidates[] = [];
  for (const all of alternatives) {
    const found = fewest(await Promise.all(all.map(({ findCandidates }) => findCandidates?.())));
    if (!found) return undefined;
    parts.push(found);
  }
  const [only] = parts;
  if (only && parts.length === 1) return only;
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const selects = parts.map(({ select }) => sql`select * from (${select}) as part`);
  return { select: sql.join(selects, sql` union `), count };
}

/** Operators of a date that select one range for each value. */
export const rangeOperators: readonly string[] = [
  'equal_to',
  'is_greater_than',
  'is_less_than',
  'days_before',
];

/** The conditions on a date that all matches of a filter meet, and that select one range. */
export const rangesOf = (
  conditions: readonly Condition[],
  { tests }: Filter,
  key: string,
): { where: Where; operator: string }[] =>
  conditions.flatMap(({ attribute_key, filter_operator: operator, values }, index) => {
    const where = tests?.[index];
    const isRange = attribute_key === key && rangeOperators.includes(operator) && values?.length === 1;
    return where && isRange ? { where, operator } : [];
  });

/**
 * A value in a JSON column as column of a filter.
 * @param kind how the value is compared, whatever its stored type; a value that cannot be converted counts as absent
 */
export function jsonFilterColumn(
  db: Db,
  { column, key, kind }: { column: string; key: string; kind: Exclude<FilterKind, 'date' | 'list'> },
): FilterColumn {
  const text = sql`cast(${jsonText(db, column, key)} as text)`;
  switch (kind) {
    case 'text':
      return { kind, expression: foldedValue(db, column, key) };
    case 'number':
      return { kind, expression: numberIn(db, text) };
    case 'boolean':
      return {
        kind,
        expression: sql`case when ${text} in ('true', '1') then 1 when ${text} in ('false', '0') then 0 end`,
      };
    case 'day':
      return { kind, expression: sql`case when ${text} like '____-__-__%' then substr(${text}, 1, 10) end` };
  }
}

function joinOf({ query_operator }: Condition): 'AND' | 'OR' {
  const word = (query_operator ?? '').trim().toUpperCase();
  if (word === 'OR' || word === 'AND') return word;
  if (word === '' || word === 'NIL') return 'AND';
  throw unprocessable('Query operator must be either "AND" or "OR".');
}

type Comparison = (db: Db, column: FilterColumn, given: ConditionValues) => Where;

/** The values of one condition, with the context in which they are read. */
interface ConditionValues {
  key: string;
  values: readonly unknown[];
  now: number;
  clock: Clock;
}

function compare(db: Db, condition: Condition, { columnOf, now, clock }: FilterColumns): Test {
  const { attribute_key: key, filter_operator: operator, values = [] } = condition;
  const column = columnOf(key);
  if (!column) throw unprocessable(`Invalid attribute key - [${key}]`);
  const operators = comparisons[column.kind];
  const comparison = own(operators, operator);
  if (!comparison)
    throw unprocessable(
      `Invalid operator. The allowed operators for ${key} are [${Object.keys(operators).join(',')}].`,
    );
  if (values.length > maxValuesPerCondition)
    throw unprocessable(`A condition takes at most ${maxValuesPerCondition} values`);
  const given = { key, values, now, clock };
  const where = comparison(db, column, given);
  const { index, kind } = column;
  if (!index?.operators.includes(operator)) return { where };
  const texts = kind === 'text' || kind === 'list' ? textsOf(given, column) : [];
  return { where, findCandidates: () => index.select({ where, texts }) };
}

const any = (alternatives: readonly Where[]): Where => sql<boolean>`(${sql.join(alternatives, sql` or `)})`;

/** Negates a condition. A row without value does not meet the condition, so it meets the negation, where SQL would say null. */
const not = (where: Where): Where => sql<boolean>`(not coalesce(${where}, ${sql.raw('false')}))`;

const negated =
  (comparison: Comparison): Comparison =>
  (db, column, given) =>
    not(comparison(db, column, given));

const hasValue: Comparison = (_db, { expression }) => sql<boolean>`${expression} is not null`;
const hasText: Comparison = (_db, { expression }) => sql<boolean>`coalesce(${expression}, '') <> ''`;
const hasItems: Comparison = (_db, { expression }) => sql<boolean>`coalesce(${expression}, '[]') <> '[]'`;

const equalsText: Comparison = (db, column, given) =>
  isAnyTextOf(db, column.expression, textsOf(given, column));

const contains: Comparison = (db, column, given) => {
  const text = column.kind === 'text' ? column.expression : sql`cast(${column.expression} as text)`;
  return any(textsOf(given, column).map((value) => containsText(db, text, value)));
};
const startsWith: Comparison = (db, column, given) =>
  any(textsOf(given, column).map((value) => beginsWith(db, column.expression, value)));

const equalsNumber: Comparison = (db, { expression }, given) => isAnyNumber(db, expression, numbersOf(given));

const equalsBoolean: Comparison = (db, { expression }, given) =>
  isAnyNumber(
    db,
    expression,
    read(given, (value) => own({ true: 1, '1': 1, false: 0, '0': 0 }, String(value).toLowerCase())),
  );

const ordered =
  (sign: '<' | '>', valuesOf: (given: ConditionValues) => readonly (number | string)[]): Comparison =>
  (_db, { expression, steps }, given) =>
    any(
      valuesOf(given).map((value) => {
        const than = sql.raw(sign);
        if (typeof value === 'string') return sql<boolean>`${expression} ${than} ${value}`;
        const where = sql<boolean>`${expression} ${than} cast(${value} as ${numberType([value])})`;
        return steps ? sql<boolean>`(${steps} ${than}= ${stepOf(value)} and ${where})` : where;
      }),
    );

/** PostgreSQL finds integer columns by an index only where they are compared with integers. */
const numberType = (values: readonly number[]) =>
  sql.raw(values.every(Number.isSafeInteger) ? 'bigint' : 'numeric');

const isOnDay: Comparison = (_db, { expression, steps }, given) =>
  any(
    momentsOf(given).map(({ local }) => {
      const { start, end } = dayOf(given.clock, local);
      const isInSteps = steps ? sql`${steps} >= ${stepOf(start)} and ${steps} <= ${stepOf(end)} and ` : sql``;
      return sql<boolean>`(${isInSteps}${expression} >= ${start} and ${expression} < ${end})`;
    }),
  );

const stepOf = (time: number) => Math.floor(time / activityStep);

const daysOf = (given: ConditionValues) => momentsOf(given).map(({ local }) => nameOf(local));

const hasItem: Comparison = (db, column, given) =>
  sql<boolean>`exists (select 1 from ${jsonItems(db, column.expression)}
    where ${isAnyTextOf(db, 'items.value', textsOf(given, column))})`;

const presence = (has: Comparison) => ({ is_present: has, is_not_present: negated(has) });
const equality = (equals: Comparison) => ({ equal_to: equals, not_equal_to: negated(equals) });
const containment = { contains, does_not_contain: negated(contains) };

const comparisons: Record<FilterKind, Record<string, Comparison>> = {
  text: { ...equality(equalsText), ...containment, starts_with: startsWith, ...presence(hasText) },
  number: {
    ...equality(equalsNumber),
    ...containment,
    is_greater_than: ordered('>', numbersOf),
    is_less_than: ordered('<', numbersOf),
    ...presence(hasValue),
  },
  boolean: { ...equality(equalsBoolean), ...presence(hasValue) },
  date: {
    ...equality(isOnDay),
    is_greater_than: ordered('>', (given) => momentsOf(given).map(({ last }) => last)),
    is_less_than: ordered('<', (given) => momentsOf(given).map(({ first }) => first)),
    days_before: ordered('<', (given) => daysBefore(given).map((local) => dayOf(given.clock, local).start)),
    ...presence(hasValue),
  },
  day: {
    ...equality((db, { expression }, given) => isAnyTextOf(db, expression, daysOf(given))),
    is_greater_than: ordered('>', daysOf),
    is_less_than: ordered('<', daysOf),
    days_before: ordered('<', (given) => daysBefore(given).map(nameOf)),
    ...presence(hasValue),
  },
  list: { ...equality(hasItem), ...presence(hasItems) },
};

type Scalar = string | number | boolean;

const isScalar = (value: unknown): value is Scalar => ['string', 'number', 'boolean'].includes(typeof value);

/**
 * Reads the values that are not blank.
 * @throws unprocessable 422 for a value that cannot be read, such as an object, and without any
 */
function read<Out>(given: ConditionValues, readOne: (value: Scalar) => Out | undefined): Out[] {
  const values = given.values.filter((value) => value !== null && value !== undefined && value !== '');
  const results = values.map((value) => (isScalar(value) ? readOne(value) : undefined));
  const readable = results.filter((value) => value !== undefined);
  if (!readable.length || readable.length < results.length)
    throw unprocessable(`Invalid value. The values provided for ${given.key} are invalid`);
  return readable;
}

const textsOf = (given: ConditionValues, { kind, read: readText }: FilterColumn): string[] =>
  read(given, (value) => {
    const text = kind === 'list' ? String(value) : fold(String(value));
    // A text that is blank after folding is invalid: every text would contain it.
    return (readText ? readText(text) : text) || undefined;
  });

function numbersOf(given: ConditionValues): number[] {
  return read(given, (value) => {
    const number = typeof value === 'string' && value.trim() ? Number(value) : value;
    return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
  });
}

/** A value of a date: a day or a point in time, in milliseconds. */
interface Moment {
  /** Local time of the account. */
  local: number;
  /** The first and the last millisecond of the day; for a point in time, both are the time itself. */
  first: number;
  last: number;
}

/** Reads dates and times in ISO 8601 form, in the account's time zone unless they have one, and unix seconds. */
function momentsOf(given: ConditionValues): Moment[] {
  return read(given, (value) => {
    const text = String(value).trim();
    if (/^\d{9,11}$/.test(text)) return momentAt(given.clock, Number(text) * 1000);
    const parsed = readIso(text);
    if (!parsed) return undefined;
    const { local, hasTime, utc } = parsed;
    if (hasTime) return momentAt(given.clock, utc ?? given.clock.toUtc(local));
    const { start, end } = dayOf(given.clock, local);
    return { local, first: start, last: end - 1 };
  });
}

const momentAt = ({ toLocal }: Clock, time: number): Moment => ({
  local: toLocal(time),
  first: time,
  last: time,
});

/** Start and end of the day that contains a local time; a change of the clock makes it shorter or longer than 24 hours. */
function dayOf({ toUtc }: Clock, local: number): { start: number; end: number } {
  const midnight = Math.floor(local / dayMs) * dayMs;
  return { start: toUtc(midnight), end: toUtc(midnight + dayMs) };
}

/** Local times as many days ago as the values say. */
function daysBefore(given: ConditionValues): number[] {
  const now = given.clock.toLocal(given.now);
  return read(given, (value) => {
    const days = Number(value);
    return Number.isInteger(days) && days >= 0 && days <= 36_500 ? now - days * dayMs : undefined;
  });
}

/** The day of a local time, as YYYY-MM-DD. */
const nameOf = (local: number) => toIso(local).slice(0, 10);
