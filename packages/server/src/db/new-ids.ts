/** Ids for new rows, as single numbers or one for each row. */
import type { TableName, Tx } from './db.ts';

export async function newId(tx: Tx, table: TableName): Promise<number> {
  const [id] = await tx.nextIds(table, 1);
  if (id === undefined) throw new Error(`no new id for ${table}`);
  return id;
}

/** The rows in their order, each with an id that is larger than the one before. */
export async function withNewIds<Row extends object>(
  tx: Tx,
  table: TableName,
  rows: readonly Row[],
): Promise<(Row & { id: number })[]> {
  if (!rows.length) return [];
  const ids = await tx.nextIds(table, rows.length);
  return rows.map((row, index) => {
    const id = ids[index];
    if (id === undefined) throw new Error(`too few new ids for ${table}`);
    return { ...row, id };
  });
}
