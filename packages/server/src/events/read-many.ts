/** Reads of the log for many sockets at once, for `Db.readMany`: after a node has died, thousands of clients resume together. */
import { sql } from 'kysely';
import type { BatchRead, Sql } from '../db/db.ts';
import { jsonTriples } from '../db/dialect.ts';
import { type PackableRow, readWithPayloads } from '../db/packs.ts';
import { preparedQuery } from '../db/prepared-query.ts';
import { chainWith } from './chain.ts';
import { type LogEntry, readHeads, type StreamHead } from './read.ts';

/** As `readHeads`, with one query for the streams of many sockets. */
export const readHeadsOfMany: BatchRead<readonly string[], Map<string, StreamHead>> = async (sql, lists) => {
  const heads = await readHeads(sql, [...new Set(lists.flat())]);
  return lists.map(
    (names) =>
      new Map(
        names.flatMap((name): [string, StreamHead][] => {
          const head = heads.get(name);
          return head ? [[name, head]] : [];
        }),
      ),
  );
};

/** The entries of a stream after an offset, of which there are few. */
export interface MissedEntries {
  stream: string;
  after: number;
}

/** Streams that one query reads. */
const streamsPerQuery = 64;

/** All entries after an offset of each of many streams, in order. Equal inputs are read once. */
export const readMissed: BatchRead<MissedEntries, LogEntry[]> = async (sql, inputs) => {
  const distinct = [...new Map(inputs.map((input) => [keyOf(input), input])).values()];
  const found = new Map<string, LogEntry[]>();
  for (let at = 0; at < distinct.length; at += streamsPerQuery)
    for (const { stream, after, ...entry } of await readSome(sql, distinct.slice(at, at + streamsPerQuery))) {
      const key = keyOf({ stream, after });
      found.set(key, [...(found.get(key) ?? []), entry]);
    }
  return inputs.map((input) => found.get(keyOf(input)) ?? []);
};

const keyOf = ({ stream, after }: MissedEntries): string => `${after} ${stream}`;

type FoundEntry = LogEntry & MissedEntries;

async function readSome(sql: Sql, missed: readonly MissedEntries[]): Promise<FoundEntry[]> {
  const list = JSON.stringify(missed.map(({ stream, after }) => [stream, after]));
  const rows = await readWithPayloads(sql, () => sql.all(missedEntries(sql, { list })));
  return rows.map(({ id: event_id, stream, after, offset, event, payload, created_at }) => ({
    stream,
    after,
    offset,
    event_id,
    event,
    payload,
    created_at,
  }));
}

/** `id` is that of the event. */
type FoundRow = Omit<FoundEntry, 'event_id'> & PackableRow;

/** Goes back from the newest entry of each stream. Each join looks up one row by its key on both databases. */
const missedEntries = preparedQuery(
  (_q, place: { list: unknown }, db) =>
    sql<FoundRow>`with recursive chain (stream, first_offset, id, stream_offset, event_id, previous_id) as (
      select triple.first, cast(triple.second as bigint), entry.id, entry.stream_offset, entry.event_id, entry.previous_id
        from ${jsonTriples(db, place.list)} ${withNewest(db)}
        where entry.stream_offset > cast(triple.second as bigint)
      union all
      select stream, first_offset, entry.id, entry.stream_offset, entry.event_id, entry.previous_id
        from ${chainWith(db, 'stream_entries', 'previous_id', 'entry')} where entry.stream_offset > first_offset)
    select stream, first_offset as after, stream_offset as "offset", event.id, event.event, payload, pack_id, created_at
      from ${chainWith(db, 'events', 'event_id', 'event')} order by stream, first_offset, stream_offset`,
);

/** Joins each stream of the list with its newest entry, written so that both databases look them up one by one. */
const withNewest = (db: Pick<Sql, 'dialect'>) =>
  db.dialect === 'sqlite'
    ? sql`cross join streams as stream on stream.name = triple.first
        cross join stream_entries as entry on entry.id = stream.last_entry_id`
    : sql`cross join lateral (select * from streams where name = triple.first offset 0) as stream
        cross join lateral (select * from stream_entries where id = stream.last_entry_id offset 0) as entry`;
