/** SQL of the queue `label_changes`: renames and deletions of labels that conversations and contacts still have to follow. */
import type { Db, Sql, Tx } from '../db/db.ts';
import { withNewIds } from '../db/new-ids.ts';
import type { LabelChangeRow } from '../db/tables.ts';

export async function insertLabelChanges(
  tx: Tx,
  changes: readonly Omit<LabelChangeRow, 'id'>[],
): Promise<void> {
  await tx.insertMany('label_changes', await withNewIds(tx, 'label_changes', changes));
}

export const findOldestLabelChange = (db: Sql): Promise<LabelChangeRow | undefined> =>
  db.get(db.q.selectFrom('label_changes').selectAll().orderBy('id').limit(1));

export const deleteLabelChange = (db: Db, id: number): Promise<number> =>
  db.run(db.q.deleteFrom('label_changes').where('id', '=', id));
