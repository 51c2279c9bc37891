/** New rows of jobs that run side by side (`side-by-side.ts`): one statement for their ids and one for the rows. */
import type { Outcome, TableName, Tx } from './db.ts';
import { takeIds } from './new-ids.ts';
import type { Tables } from './tables.ts';

type WithId = { [Name in TableName]: Tables[Name] extends { id: number } ? Name : never }[TableName];

interface NewRow {
  table: TableName;
  row: object;
}

/** Inserts a row with all its columns but the id. @returns the id */
export const insertTogether = <Table extends WithId>(
  tx: Tx,
  table: Table,
  row: Omit<Tables[Table], 'id'>,
): Promise<number> => tx.gather(insertEach, { table, row });

async function insertEach(tx: Tx, all: readonly NewRow[]): Promise<Outcome<number>[]> {
  const ids = new Map<NewRow, number>();
  for (const rows of groupsOf(all)) {
    const [first] = rows;
    if (!first) continue;
    const nextId = await takeIds(tx, first.table, rows.length);
    for (const row of rows) ids.set(row, nextId());
    tx.awaitAtCommit(
      tx.insertMany(
        first.table,
        rows.map((one) => ({ ...one.row, id: ids.get(one) })),
      ),
    );
  }
  return all.map((one) => ({ answer: ids.get(one) ?? 0 }));
}

/** Rows of one table and with the same columns. */
function groupsOf(all: readonly NewRow[]): NewRow[][] {
  const groups = new Map<string, NewRow[]>();
  for (const one of all) {
    const key = [one.table, ...Object.keys(one.row).sort()].join(' ');
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return [...groups.values()];
}
