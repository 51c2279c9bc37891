/** Lookups in rows that were loaded together. */

/** The row of this key, which a foreign key or an earlier read promises. @throws Error when it was not loaded */
export function loadedRow<Key extends number | string, Row>(rows: ReadonlyMap<Key, Row>, key: Key): Row {
  const row = rows.get(key);
  if (row === undefined) throw new Error(`No row was loaded for ${key}`);
  return row;
}
