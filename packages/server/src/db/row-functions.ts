/**
 * Functions that convert rows between arrays of values and objects, generated for each statement. With a loop over the columns
 * the last 20 messages (B6) cost the server 7 % more; the drivers' own objects cost more than that.
 */
import { columnNames } from './column-names.ts';

type Shape = { [name: string]: Shape | string };

/**
 * Generates a function for one statement, so that all its rows have one V8 shape from the start. A column called
 * `contact.id` becomes the `id` of an object `contact`.
 * @param readers convert a column's value from what the driver returns, unless that is null
 */
export function makeToRow(
  columns: readonly string[],
  readers: readonly (((value: string) => unknown) | undefined)[] = [],
): (values: readonly unknown[]) => unknown {
  const shape: Shape = {};
  columns.forEach((column, index) => {
    const value = `values[${index}]`;
    setAt(
      shape,
      column.split('.'),
      readers[index] ? `${value} === null ? null : readers[${index}](${value})` : value,
    );
  });
  return new Function('readers', `return (values) => (${literalOf(shape)})`)(readers);
}

function setAt(shape: Shape, [name = '', ...rest]: readonly string[], code: string): void {
  if (!rest.length) {
    shape[name] = code;
    return;
  }
  const inner = shape[name] ?? {};
  if (typeof inner === 'string') throw new Error(`The column ${name} is also an object`);
  shape[name] = inner;
  setAt(inner, rest, code);
}

const literalOf = (shape: Shape): string =>
  `{ ${Object.entries(shape)
    .map(
      ([name, inner]) => `${JSON.stringify(name)}: ${typeof inner === 'string' ? inner : literalOf(inner)}`,
    )
    .join(', ')} }`;

/** Generates a function from a row to the values of these columns; a missing column is null. */
export function makeToValues(columns: readonly string[]): (row: object) => unknown[] {
  const values = columns.map((column) => `row[${JSON.stringify(column)}] ?? null`);
  return new Function(`return (row) => [${values.join(', ')}]`)();
}

/** The columns of the first row, which all rows have; undefined without rows. */
export function columnsIn<Row extends object>(rows: readonly Row[]): (keyof Row & string)[] | undefined {
  const [first] = rows;
  return first && columnNames(first);
}
