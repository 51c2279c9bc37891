/** `Db` on PostgreSQL: a pool for reads, one for long reads, and one connection that writes. */
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import type pg from 'pg';
import { toDb } from '../connected-db.ts';
import type { CommitHooks, Db, Query } from '../db.ts';
import { GroupCommit } from '../group-commit.ts';
import { longReadTimeoutMs } from '../long-reads.ts';
import type { Tables } from '../tables.ts';
import { openAnalyzer } from './analyzer.ts';
import { openCommitOutcomes } from './commit-outcome.ts';
import { openPool, throwFailure } from './pool.ts';
import { PostgresReads } from './reads.ts';
import { type ColumnTypes, transactOn } from './transaction.ts';

const readConnections = 5;
const longReadConnections = 3;
/** Longer than callers wait for the outcome of a broken commit, and short enough for another node to take over soon. */
const idleTransactionTimeoutMs = 15_000;
/** A larger packet would delay its first reads. */
const maxReadsPerPacket = 16;

/** Opens the database at `url`, whose tables exist. */
export async function openPostgres(url: string, hooks: CommitHooks): Promise<Db> {
  const pool = openPool(url, readConnections);
  const longReadPool = openLongReadPool(url);
  const writer = openWriter(url);
  const q = openQueryBuilder();
  const analyzer = openAnalyzer(pool);
  const outcomes = openCommitOutcomes(pool);
  const types = await readTypes(pool);
  const transact = transactOn({ pool: writer, q, types, hooks, outcomes, onCommit: analyzer.onCommit });
  const commits = new GroupCommit(transact, { hooks, twoBatches: true });
  const reads = new PostgresReads(pool, q, {
    hooks,
    connections: readConnections,
    perPacket: maxReadsPerPacket,
  });
  return toDb({
    reads,
    // One statement a packet: its time limit counts for it alone.
    longReads: new PostgresReads(longReadPool, q, { hooks, connections: longReadConnections, perPacket: 1 }),
    commits,
    disconnect: async () => {
      await analyzer.idle();
      outcomes.close();
      await Promise.all([pool.end(), longReadPool.end(), writer.end()]);
    },
  });
}

/**
 * The connection of all transactions. Every message moves the streams of its inbox and account, so a second connection would
 * wait for the first one's commit with those rows, and halve the batches: with 64 posters it took a third more processor time
 * a message.
 *
 * Batches find rows by their ids, so a plan for the values of one execution is the generic plan, and takes as long to make as
 * the statement to run. A plan that was made for an empty table stays, so it must use an index anyway; without indexes the
 * costs that PostgreSQL then assumes would start its JIT compiler.
 *
 * PostgreSQL ends a transaction that does nothing for a while: a process that is paused inside of one would hold locks on streams,
 * for which the messages of all other nodes wait.
 */
function openWriter(url: string): pg.Pool {
  const writer = openPool(url, 1);
  writer.on('connect', (client) => {
    client
      .query(
        'set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set enable_bitmapscan = off; set jit = off; ' +
          `set idle_in_transaction_session_timeout = ${idleTransactionTimeoutMs}`,
      )
      .catch(() => {});
  });
  return writer;
}

/** PostgreSQL itself cancels a long read, so that a refused one leaves nothing running. */
function openLongReadPool(url: string): pg.Pool {
  const pool = openPool(url, longReadConnections);
  pool.on('connect', (client) => {
    client
      .query(`set statement_timeout = ${longReadTimeoutMs}; set default_transaction_read_only = on`)
      .catch(() => {});
  });
  return pool;
}

const openQueryBuilder = (): Query =>
  new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });

async function readTypes(pool: pg.Pool): Promise<ColumnTypes> {
  const { rows } = await pool
    .query<{ table_name: string; column_name: string; data_type: string }>(
      'select table_name, column_name, data_type from information_schema.columns where table_schema = current_schema()',
    )
    .catch(throwFailure);
  const tables = new Map<string, Map<string, string>>();
  for (const { table_name, column_name, data_type } of rows) {
    const columns = tables.get(table_name) ?? new Map<string, string>();
    tables.set(table_name, columns.set(column_name, data_type));
  }
  return tables;
}
