/** SQL that finds the entries of a stream by going from each to the one before it: only every 64th entry is in an index. */
import { type RawBuilder, sql } from 'kysely';
import type { Sql } from '../db/db.ts';

interface EntryRange {
  /** A condition on the table `streams`. With `count` it must hold for one stream only. */
  streams: RawBuilder<boolean>;
  /** Only entries with a greater offset: a value, or a parameter of a `preparedQuery`. */
  after: unknown;
  /** At least this number of the oldest of them, where there are as many. Without it, all. */
  count?: unknown;
}

/** The recursive common table `chain (id, stream_offset, event_id, previous_id)` of these entries, the newest first. */
export function chainOf(
  db: Pick<Sql, 'dialect'>,
  { streams, after, count }: EntryRange,
): RawBuilder<unknown> {
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

/** `chain` joined with the rows of `table` whose ids are in its `column`, written so that both databases look them up one by one. */
export const chainWith = (
  db: Pick<Sql, 'dialect'>,
  table: 'stream_entries' | 'events',
  column: 'previous_id' | 'event_id',
  name: string,
): RawBuilder<unknown> =>
  db.dialect === 'sqlite'
    ? sql`chain cross join ${sql.table(table)} as ${sql.raw(name)} on ${sql.ref(`${name}.id`)} = ${sql.ref(`chain.${column}`)}`
    : sql`chain cross join lateral (select * from ${sql.table(table)} where id = ${sql.ref(`chain.${column}`)} offset 0) as ${sql.raw(name)}`;
