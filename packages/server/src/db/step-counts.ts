/**
 * Counters that triggers keep in the transaction of each change, so they are right at every commit. On PostgreSQL a count is the
 * sum of its rows: each change inserts a row, since writers of one row would wait for each other's commits. Adding up replaces
 * rows by their sum in one statement, and rows that others add meanwhile stay. SQLite has one writer, and keeps sums anyway.
 */
import { sql } from 'kysely';
import type { Db, TableName } from './db.ts';

export interface StepCounts {
  table: TableName;
  /** What is counted apart, `account_id` first. */
  keys: readonly string[];
}

/** Rows of one account above which they are added up. */
const mostRows = 500;

/** Adds up the rows of accounts that have many. */
export async function addUp(db: Db, { table, keys }: StepCounts): Promise<void> {
  if (db.dialect === 'sqlite') return;
  const counts = sql.table(table);
  const long = await db.all(
    sql<{
      account_id: number;
    }>`select account_id from ${counts} group by account_id having count(*) > ${mostRows}`,
  );
  const columns = sql.join(keys.map((key) => sql.ref(key)));
  for (const { account_id } of long)
    await db.run(sql`with steps as (delete from ${counts} where account_id = ${account_id} returning *)
      insert into ${counts} (${columns}, count)
      select ${columns}, sum(count) from steps group by ${columns} having sum(count) <> 0`);
}
