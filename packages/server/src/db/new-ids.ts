/** Ids for new rows: one, a number of them, or one for each row. */
import type { TableName, Tx } from './db.ts';

export async function newId(tx: Tx, table: TableName): Promise<number> {
  const nextId = await takeIds(tx, table, 1);
  return nextId();
}

/** Takes `count` ids of a table. Each call of the returned function returns one of them, larger than the one before. */
export async function takeIds(tx: Tx, table: TableName, count: number): Promise<() => number> {
  const ids = await tx.nextIds(table, count);
  let taken = 0;
  return () => {
    const id = ids[taken++];
    if (id === undefined) throw new Error(`only ${count} new ids of ${table} were taken`);
    return id;
  };
}

/** The rows in their order, each with an id that is larger than the one before. */
export async function withNewIds<Row extends object>(
  tx: Tx,
  table: TableName,
  rows: readonly Row[],
): Promise<({ id: number } & Row)[]> {
  if (!rows.length) return [];
  const nextId = await takeIds(tx, table, rows.length);
  return rows.map((row) => ({ id: nextId(), ...row }));
}
