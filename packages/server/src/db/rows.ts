/** Rows as arrays of values to rows as objects and back, by functions made for each statement: the drivers' own objects cost twice as much. */

type Shape = { [name: string]: Shape | number };

/**
 * Makes a function of its own for each statement, so that all its rows have one shape from the start. A column called
 * `contact.id` becomes the `id` of an object `contact`.
 */
export function rowMaker(columns: readonly string[]): (values: readonly unknown[]) => unknown {
  const shape: Shape = {};
  columns.forEach((column, index) => {
    const path = column.split('.');
    const name = path.pop() as string;
    let into = shape;
    for (const part of path) {
      into[part] ??= {};
      into = into[part] as Shape;
    }
    into[name] = index;
  });
  return new Function('values', `return ${literalOf(shape)}`) as ReturnType<typeof rowMaker>;
}

const literalOf = (shape: Shape): string =>
  `{ ${Object.entries(shape)
    .map(
      ([name, inner]) =>
        `${JSON.stringify(name)}: ${typeof inner === 'number' ? `values[${inner}]` : literalOf(inner)}`,
    )
    .join(', ')} }`;

/** Makes a function from a row to the values of these columns; what is missing is null. */
export function valuesMaker(columns: readonly string[]): (row: object) => unknown[] {
  const values = columns.map((column) => `row[${JSON.stringify(column)}] ?? null`);
  return new Function('row', `return [${values.join(', ')}]`) as ReturnType<typeof valuesMaker>;
}
