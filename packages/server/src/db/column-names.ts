/** The names of a row's columns, as their type knows them. */
export function columnNames<Row extends object>(row: Row): (keyof Row & string)[] {
  const names: (keyof Row & string)[] = [];
  for (const name in row) names.push(name);
  return names;
}
