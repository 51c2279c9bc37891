/**
 * SQL of the facts of reports (decisions.md section 17), which triggers and `messages/store-report-facts.ts` keep. A sum reads the
 * facts of whole slots, and the records themselves only at the two edges of a span that lie within a quarter of an hour.
 */
import { type RawBuilder, sql } from 'kysely';
import type { Sql, Tx } from '../db/db.ts';
import { isAnyTextOf } from '../db/dialect.ts';
import type { ReportFactRow } from '../db/tables.ts';
import type { Scope } from './scope.ts';
import { divide, type Interval, type SlotRange } from './slots.ts';

/** A number that facts hold. */
export type FactColumn = Exclude<
  keyof ReportFactRow,
  'account_id' | 'scope' | 'slot_ms' | 'slot' | 'conversation_id'
>;
/** Sums of the requested columns; a missing one is 0. */
export type FactSums = Partial<Record<FactColumn, number>>;

interface FactQuery {
  account_id: number;
  scope: Scope;
  columns: readonly FactColumn[];
}

/** The sums of each interval, which read a number of rows that depends on the intervals and not on what is stored. */
export async function sumFacts(
  db: Sql,
  { intervals, ...query }: FactQuery & { intervals: readonly Interval[] },
): Promise<FactSums[]> {
  const { scope, columns } = query;
  const { slots, quarters, edges } = divide(intervals);
  const parts = await Promise.all([
    sumSlots(db, query, { slots, where: isAnyTextOf(db, 'scope', scope.names) }),
    ...(scope.isGroup
      ? [sumSlots(db, query, { slots: quarters, where: sql`scope = 'long' and ${scope.where}` })]
      : []),
    ...edges.map((edge) => sumRecords(db, query, edge)),
  ]);
  const sums = intervals.map((): FactSums => ({}));
  for (const row of parts.flat()) {
    const sum = sums[row.position];
    if (sum) for (const column of columns) sum[column] = (sum[column] ?? 0) + (row[column] ?? 0);
  }
  return sums;
}

/** `position` is the index of the interval. */
type IntervalSums = FactSums & { position: number };

/** PostgreSQL's sums of bigint are numeric. */
const sumOf = (columns: readonly FactColumn[]): RawBuilder<unknown> =>
  sql.join(columns.map((column) => sql`cast(sum(${sql.ref(column)}) as bigint) as ${sql.ref(column)}`));

/** Adds up the facts of slots. Each range is found in the primary key; PostgreSQL would join the whole table otherwise. */
function sumSlots(
  db: Sql,
  { account_id, columns }: FactQuery,
  { slots, where }: { slots: readonly SlotRange[]; where: RawBuilder<unknown> },
): Promise<IntervalSums[]> {
  const ranges = JSON.stringify(slots);
  const sums = sumOf(columns);
  return db.all(
    db.dialect === 'sqlite'
      ? sql<IntervalSums>`select value ->> 0 as position, ${sums} from json_each(${ranges}) cross join report_facts as source
          where account_id = ${account_id} and ${where}
            and slot_ms = value ->> 1 and slot >= value ->> 2 and slot < value ->> 3 group by 1`
      : sql<IntervalSums>`select (value ->> 0)::bigint as position, sums.* from json_array_elements(${ranges}::json),
          lateral (select ${sums} from report_facts as source where account_id = ${account_id} and ${where}
            and slot_ms = (value ->> 1)::bigint and slot >= (value ->> 2)::bigint and slot < (value ->> 3)::bigint offset 0) as sums`,
  );
}

/** Adds up the records within a quarter of an hour. */
function sumRecords(
  db: Sql,
  { account_id, columns, scope }: FactQuery,
  { since, until, interval }: Interval & { interval: number },
): Promise<IntervalSums[]> {
  return db.all(
    sql<IntervalSums>`select ${sql.lit(interval)} as position, ${sumOf(columns)} from report_records as source
      where account_id = ${account_id} and created_at >= ${since} and created_at < ${until} and ${scope.where}`,
  );
}

/** Deletes the facts of a team. Its conversations leave it later, and subtract nothing then. */
export async function deleteTeamFacts(
  tx: Tx,
  { account_id, team_id }: { account_id: number; team_id: number },
): Promise<void> {
  await tx.run(
    tx.q
      .deleteFrom('report_facts')
      .where('account_id', '=', account_id)
      .where('scope', '=', `team:${team_id}`),
  );
}
