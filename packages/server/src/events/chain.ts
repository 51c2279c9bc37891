/** Entries of a stream, found by going from each to the one before it: only every 64th stands in an index. */
import { type RawBuilder, sql } from 'kysely';
import type { Sql } from '../db/db.ts';

interface Stretch {
  /** Which streams, as a condition on their table; with `count` it is met by one. */
  streams: RawBuilder<boolean>;
  /** Only entries with a greater offset, a value or a parameter of a `preparedQuery`. */
  after: unknown;
  /** The oldest of them, at least so many where there are as many; all without it. */
  count?: unknown;
}

/** The recursive common table `chain (id, stream_offset, event_id, previous_id)` of these entries, the newest first. */
export function chainOf(db: Pick<Sql, 'dialect'>, { streams, after, count }: Stretch): RawBuilder<unknown> {
  const offset = sql`cast(${after} as bigint)`;
  const newest = sql`(select last_entry_id from streams where ${streams})`;
  const start =
    count === undefined
      ? sql`id in ${newest}`
      : sql`id = coalesce((select id from stream_entries where stream_id = (select id from streams where ${streams})
          and stream_offset % 64 = 0 and stream_offset >= ${offset} + cast(${count} as bigint)
          order by stream_offset limit 1), ${newest})`;
  return sql`chain (id, stream_offset, event_id, previous_id) as (
    select id, stream_offset, event_id, previous_id from stream_entries where ${start} and stream_offset > ${offset}
    union all
    select entry.id, entry.stream_offset, entry.event_id, entry.previous_id
      from ${chainWith(db, 'stream_entries', 'previous_id', 'entry')} where entry.stream_offset > ${offset})`;
}

/** Each row of `chain` with the row of `table` whose id its `column` names; PostgreSQL too looks up one after the other. */
export const chainWith = (
  db: Pick<Sql, 'dialect'>,
  table: 'stream_entries' | 'events',
  column: 'previous_id' | 'event_id',
  name: string,
): RawBuilder<unknown> =>
  db.dialect === 'sqlite'
    ? sql`chain cross join ${sql.table(table)} as ${sql.raw(name)} on ${sql.ref(`${name}.id`)} = ${sql.ref(`chain.${column}`)}`
    : sql`chain cross join lateral (select * from ${sql.table(table)} where id = ${sql.ref(`chain.${column}`)} offset 0) as ${sql.raw(name)}`;
