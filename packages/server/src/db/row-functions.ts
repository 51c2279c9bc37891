/** Rows as arrays of values to rows as objects and back, by functions made for each statement: the drivers' own objects cost twice as much. */

type Shape = { [name: string]: Shape | string };

/**
 * Makes a function of its own for each statement, so that all its rows have one shape from the start. A column called
 * `contact.id` becomes the `id` of an object `contact`.
 * @param readers make a column's value of what the driver answers, unless that is null
 */
export function makeToRow(
  columns: readonly string[],
  readers: readonly (((value: string) => unknown) | undefined)[] = [],
): (values: readonly unknown[]) => unknown {
  const shape: Shape = {};
  columns.forEach((column, index) => {
    const path = column.split('.');
    const name = path.pop() as string;
    let into = shape;
    for (const part of path) {
      into[part] ??= {};
      into = into[part] as Shape;
    }
    const value = `values[${index}]`;
    into[name] = readers[index] ? `${value} === null ? null : readers[${index}](${value})` : value;
  });
  return new Function('readers', `return (values) => (${literalOf(shape)})`)(readers);
}

const literalOf = (shape: Shape): string =>
  `{ ${Object.entries(shape)
    .map(
      ([name, inner]) => `${JSON.stringify(name)}: ${typeof inner === 'string' ? inner : literalOf(inner)}`,
    )
    .join(', ')} }`;

/** Makes a function from a row to the values of these columns; what is missing is null. */
export function makeToValues(columns: readonly string[]): (row: object) => unknown[] {
  const values = columns.map((column) => `row[${JSON.stringify(column)}] ?? null`);
  return new Function('row', `return [${values.join(', ')}]`) as ReturnType<typeof makeToValues>;
}
