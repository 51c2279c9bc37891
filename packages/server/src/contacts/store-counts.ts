/** The number of contacts who said who they are, which triggers keep. */
import { sql } from 'kysely';
import type { Db, Sql } from '../db/db.ts';
import { addUp } from '../db/step-counts.ts';

export const addUpContactCounts = (db: Db): Promise<void> =>
  addUp(db, { table: 'contact_counts', keys: ['account_id'] });

export async function countIdentified(db: Sql, account_id: number): Promise<number> {
  const counted = await db.get(
    sql<{
      count: number | null;
    }>`select sum(count) as count from contact_counts where account_id = ${account_id}`,
  );
  return Number(counted?.count ?? 0);
}
