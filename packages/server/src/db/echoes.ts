/**
 * Messages by conversation and echo key. PostgreSQL looks into its unique index. On SQLite, whose one process writes every
 * message, the newest stand in memory and reach their index in portions, in the order of its keys: one by one, each would
 * write a page of its own (migration 0059).
 */
import { sql } from 'kysely';
import type { Db, Sql, Tx } from './db.ts';
import { statement } from './statement.ts';
import type { MessageRow } from './tables.ts';

/** A conversation's id and an echo key in it. */
export type Echo = readonly [conversation_id: number, echo_key: string];

export interface Echoes {
  find(tx: Tx, echoes: readonly Echo[]): Promise<MessageRow[]>;
  /** Told of messages in the transaction that inserts them. */
  remember(tx: Tx, messages: readonly MessageRow[]): void;
  /** Resolves when nothing is being moved into the index. */
  idle(): Promise<void>;
}

/** Messages that stand in memory before they are moved, and messages moved by one transaction, a millisecond of the lane. */
const sizes = { most: 8192, portion: 256 };

/** @param onError is told why messages could not be moved; they stay findable */
export function openEchoes(db: Db, onError: (error: unknown) => void, { most, portion } = sizes): Echoes {
  if (db.dialect === 'postgres')
    return {
      find: (tx, echoes) => findByIndex(tx, echoes),
      remember: () => {},
      idle: async () => {},
    };

  /** Ids of messages that are not in the index, by their keys. */
  let recent: Map<string, number> | undefined;
  let newest = 0;
  /** The message that is one too many. */
  let limit = 0;
  let moving: Promise<void> | undefined;

  async function load(tx: Tx): Promise<Map<string, number>> {
    const { value } = (await tx.get(progress(tx, {}))) as { value: number };
    const rows = await tx.all(unindexed(tx, { from: value }));
    limit = value + most;
    newest = rows.at(-1)?.id ?? value;
    return new Map(
      rows.map(({ id, conversation_id, echo_key }) => [nameOf([conversation_id, echo_key]), id]),
    );
  }

  /** All that stand in memory now, in the order of their keys. */
  async function move(known: Map<string, number>): Promise<void> {
    const until = newest;
    const entries = [...known].sort(([a], [b]) => (a < b ? -1 : 1));
    for (let start = 0; start < entries.length; start += portion) {
      const ids = entries.slice(start, start + portion).map(([, id]) => id);
      await db.write((tx) => tx.run(index(tx, { ids: JSON.stringify(ids) })));
    }
    await db.write((tx) => tx.run(setProgress(tx, { until })));
    for (const [name] of entries) known.delete(name);
  }

  return {
    find: async (tx, echoes) => {
      recent ??= await load(tx);
      const ids: number[] = [];
      const older: Echo[] = [];
      for (const echo of echoes) {
        const id = recent.get(nameOf(echo));
        if (id === undefined) older.push(echo);
        else ids.push(id);
      }
      const rows = older.length ? await tx.all(byEcho(tx, { echoes: JSON.stringify(older) })) : [];
      return ids.length ? [...rows, ...(await tx.all(byId(tx, { ids: JSON.stringify(ids) })))] : rows;
    },
    remember: (tx, messages) =>
      tx.afterCommit(() => {
        const known = recent;
        if (!known) return;
        for (const { id, conversation_id, echo_key } of messages) {
          newest = Math.max(newest, id);
          if (echo_key !== null) known.set(nameOf([conversation_id, echo_key]), id);
        }
        if (newest < limit || moving) return;
        limit = newest + most;
        moving = move(known)
          .catch(onError)
          .finally(() => {
            moving = undefined;
          });
      }),
    idle: async () => moving,
  };
}

/** Sorts as the index does, as far as it matters: neighbours there are neighbours here. */
const nameOf = ([conversation_id, echo_key]: Echo) => `${conversation_id} ${echo_key}`;

const progress = statement((q) =>
  q.selectFrom('sequences').select('value').where('name', '=', sql.lit('message_echoes')),
);
const setProgress = statement((q, place: { until: number }) =>
  q.updateTable('sequences').set({ value: place.until }).where('name', '=', sql.lit('message_echoes')),
);
const unindexed = statement(
  (_q, place: { from: number }) => sql<{ id: number; conversation_id: number; echo_key: string }>`
    select id, conversation_id, echo_key from messages where id > ${place.from} and echo_key is not null order by id`,
);
// Whatever was deleted since is not there to be added.
const index = statement(
  (
    _q,
    place: { ids: string },
  ) => sql`insert or ignore into message_echoes (conversation_id, echo_key, message_id)
    select conversation_id, echo_key, messages.id from json_each(${place.ids}) as given cross join messages on messages.id = given.value
    where true order by given.key`,
);
const byEcho = statement(
  (_q, place: { echoes: string }) => sql<MessageRow>`select messages.* from json_each(${place.echoes}) as echo
    cross join message_echoes on message_echoes.conversation_id = echo.value ->> 0 and message_echoes.echo_key = echo.value ->> 1
    cross join messages on messages.id = message_id`,
);
const byId = statement(
  (_q, place: { ids: string }) =>
    sql<MessageRow>`select * from messages where id in (select value from json_each(${place.ids}))`,
);

// Each pair is looked up by itself; PostgreSQL would read the whole table for a batch it knows nothing of.
const inUniqueIndex = statement(
  (_q, place: { echoes: string }) => sql<MessageRow>`
    select found.*
    from (select (value ->> 0)::bigint as conversation, value ->> 1 as key from json_array_elements(${place.echoes}::json) offset 0) as echo,
      lateral (select * from messages where conversation_id = echo.conversation and echo_key = echo.key offset 0) as found`,
);

const findByIndex = async (db: Sql, echoes: readonly Echo[]): Promise<MessageRow[]> =>
  echoes.length ? db.all(inUniqueIndex(db, { echoes: JSON.stringify(echoes) })) : [];
