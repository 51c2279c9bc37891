/**
 * Keeps the counters of conversations short. Triggers write them in the transaction of each change, so they
 * are right at every commit; adding up replaces rows by their sum in one statement, and steps that others add meanwhile stay.
 */
import { sql } from 'kysely';
import type { Db } from '../../db/db.ts';

/** Rows of one account above which its steps are added up. */
const mostSteps = 500;

/** Adds up the steps that PostgreSQL's writers leave; SQLite, with its one writer, keeps sums anyway. */
export async function addUpCounts(db: Db): Promise<void> {
  if (db.dialect === 'sqlite') return;
  const long = await db.all(
    db.q
      .selectFrom('conversation_counts')
      .select('account_id')
      .groupBy('account_id')
      .having((on) => on.fn.countAll(), '>', mostSteps),
  );
  for (const { account_id } of long)
    await db.run(sql`with steps as (delete from conversation_counts where account_id = ${account_id} returning *)
      insert into conversation_counts (account_id, status, inbox_id, assignee_id, team_id, count)
      select account_id, status, inbox_id, assignee_id, team_id, sum(count) from steps
      group by account_id, status, inbox_id, assignee_id, team_id having sum(count) <> 0`);
}
