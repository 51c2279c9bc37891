/** Facts about a PostgreSQL database for `hoory doctor`, read on a connection of its own. */
import type pg from 'pg';
import { PrimaryClient } from './primary.ts';

export interface PostgresFacts {
  /** Such as `15.8`. */
  version: string;
  versionNumber: number;
  /** 0 when the database is empty. */
  schema: number;
  /** By how much its clock is ahead of ours, in milliseconds. */
  clockAheadMs: number;
  /** The shortest of several answers. */
  roundTripMs: number;
  isReadOnly: boolean;
  bytes: number;
  connections: number;
  maxConnections: number;
  /** Whether a commit may be lost by a crash of the database, by the names of the settings. */
  unsafeSettings: string[];
  /** Open transactions, the oldest first, at most ten. */
  oldTransactions: { seconds: number; application: string; state: string }[];
  /** Connections that wait for a lock. */
  waiting: { seconds: number; application: string }[];
  /** Tables with more dead rows than live ones, the worst first, at most ten. */
  bloated: { table: string; dead: number; live: number }[];
}

const timeoutMs = 8000;

const factsQuery = `select
  current_setting('server_version') as version,
  current_setting('server_version_num')::int as "versionNumber",
  current_setting('transaction_read_only') = 'on' or pg_is_in_recovery() as "isReadOnly",
  pg_database_size(current_database())::float8 as bytes,
  (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as connections,
  current_setting('max_connections')::int as "maxConnections",
  array(select name || ' = ' || setting from pg_settings
    where name in ('fsync', 'full_page_writes', 'synchronous_commit') and setting = 'off' order by name) as "unsafeSettings"`;

/** From which age on transactions and waits are listed, in seconds. */
interface ListedFrom {
  transactions: number;
  waits: number;
  deadRows?: number;
}

const listedFrom: ListedFrom = { transactions: 60, waits: 5 };

const transactionsQuery = `select extract(epoch from clock_timestamp() - xact_start)::float8 as seconds,
    application_name as application, coalesce(state, 'unknown') as state
  from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid() and xact_start < clock_timestamp() - $1 * interval '1 second'
    and backend_type = 'client backend'
  order by xact_start limit 10`;

const waitingQuery = `select extract(epoch from clock_timestamp() - query_start)::float8 as seconds, application_name as application
  from pg_stat_activity
  where datname = current_database() and wait_event_type = 'Lock' and query_start < clock_timestamp() - $1 * interval '1 second'
  order by query_start limit 10`;

/** Fewer dead rows are usual between two runs of autovacuum. */
const fewDeadRows = 100_000;

const bloatedQuery = `select relname as table, n_dead_tup::float8 as dead, n_live_tup::float8 as live
  from pg_stat_user_tables where n_dead_tup > greatest($1, n_live_tup) order by n_dead_tup desc limit 10`;

/** @throws errors of the connection and of PostgreSQL */
export async function inspectPostgres(
  url: string,
  { transactions, waits, deadRows = fewDeadRows }: ListedFrom = listedFrom,
): Promise<PostgresFacts> {
  const client = new PrimaryClient({
    connectionString: url,
    acceptsReadOnly: true,
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
    application_name: 'hoory doctor',
  });
  await client.connect();
  try {
    const clock = await readClock(client);
    const facts = (
      await client.query<Omit<PostgresFacts, 'schema' | 'roundTripMs' | 'clockAheadMs'>>(factsQuery)
    ).rows[0];
    if (!facts) throw new Error('PostgreSQL told nothing about itself');
    return {
      ...facts,
      ...clock,
      schema: await readSchema(client),
      oldTransactions: (await client.query(transactionsQuery, [transactions])).rows,
      waiting: (await client.query(waitingQuery, [waits])).rows,
      bloated: (await client.query(bloatedQuery, [deadRows])).rows,
    };
  } finally {
    // A server that does not answer must not hold the caller.
    client.end().catch(() => {});
  }
}

const clockQuery = 'select (extract(epoch from clock_timestamp()) * 1000)::float8 as clock';
const clockReads = 5;

/** Of several answers the shortest is the one that waited least on the way, and on a busy processor. */
async function readClock(client: pg.Client): Promise<Pick<PostgresFacts, 'clockAheadMs' | 'roundTripMs'>> {
  let best = { clockAheadMs: 0, roundTripMs: Number.POSITIVE_INFINITY };
  for (let read = 0; read < clockReads; read++) {
    const [start, sentAt] = [performance.now(), Date.now()];
    const { rows } = await client.query<{ clock: number }>(clockQuery);
    const roundTripMs = performance.now() - start;
    const clockAheadMs = Number(rows[0]?.clock) - (sentAt + roundTripMs / 2);
    if (roundTripMs < best.roundTripMs) best = { clockAheadMs, roundTripMs };
  }
  return best;
}

async function readSchema(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ is_there: boolean }>(
    "select to_regclass('schema_version') is not null as is_there",
  );
  if (!rows[0]?.is_there) return 0;
  const versions = await client.query<{ version: string | null }>(
    'select max(version) as version from schema_version',
  );
  return Number(versions.rows[0]?.version ?? 0);
}
