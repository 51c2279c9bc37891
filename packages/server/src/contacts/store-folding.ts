/** SQL that fills the folded columns of contacts which an older version stored. */
import { sql } from 'kysely';
import type { App } from '../app.ts';
import { forUpdate } from '../db/dialect.ts';
import { type FoldedSource, foldedColumns, toFolded } from './folded-columns.ts';

/** Rows in one transaction. */
const batchSize = 500;

/** Fills the folded columns of some contacts that an older version stored. @returns whether more may be left */
export async function foldOlderContacts({ db }: App): Promise<boolean> {
  const find = sql<
    FoldedSource & { id: number }
  >`select id, name, email, phone_number, identifier, country_code,
      additional_attributes, custom_attributes
    from contacts where folded_texts is null order by id limit ${batchSize}`;
  if (!(await db.get(find))) return false;
  return db.write(async (tx) => {
    const rows = await tx.all(sql<FoldedSource & { id: number }>`${find} ${forUpdate(tx)}`);
    const folded = rows.map((row) => ({ id: row.id, ...toFolded(row) }));
    await tx.updateMany('contacts', folded, foldedColumns);
    return rows.length === batchSize;
  });
}
