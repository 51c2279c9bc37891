/** PostgreSQL: a pool for reads, and write lanes chosen by conversation, each on a connection of its own. */
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import pg from 'pg';
import { type Analyzer, openAnalyzer } from './analyzer.ts';
import { openBatchReads } from './batch-reads.ts';
import { type CommitOutcome, type CommitOutcomes, openCommitOutcomes } from './commit-outcome.ts';
import { DatabaseFailed } from './database-failed.ts';
import type { CommitHooks, Db, LogEntry, Query, Runnable, Sql, TableName, Tx } from './db.ts';
import { type GroupCommit, openGroupCommit } from './group-commit.ts';
import { type QueryResult, SqlPipeline } from './pipeline.ts';
import { single } from './single.ts';
import type { Tables } from './tables.ts';
import { withTimeout } from './timeout.ts';

/**
 * Writing connections. Every message moves the streams of its inbox and account, so a second lane waits for the first one's
 * commit with those rows, and halves the batches: with 64 posters it took a third more processor time a message.
 */
const laneCount = 1;

/** Milliseconds until a connection must be there, and a query answered: a server that is silent is given up. */
const timeouts = { connectionTimeoutMillis: 10_000, query_timeout: 30_000 };

/**
 * Milliseconds for which callers wait for the outcome of a commit whose connection broke; later they are told that it is
 * not known. Clients give up after some more seconds.
 */
const outcomeTimeoutMs = 5000;

/** PostgreSQL's names of types, by table and column. */
type ColumnTypes = ReadonlyMap<string, ReadonlyMap<string, string>>;

interface Dialect {
  q: Query;
  types: ColumnTypes;
}

/** Opens a pool on `url`, whose tables are there. */
export async function openPostgres(url: string, hooks: CommitHooks): Promise<Db> {
  const pool = openPool(url, 5);
  const writers = openPool(url, laneCount);
  // Batches find rows by their ids: a plan for the very values of each would be no other, and take as long as its execution.
  // A plan that was made for a table when it was empty stays: it must use an index in its order all the same. Without one, the price that
  // PostgreSQL then puts on reading a table would start its compiler.
  writers.on('connect', (client) => {
    client
      .query(
        'set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set enable_bitmapscan = off; set jit = off',
      )
      .catch(() => {});
  });
  const q = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
  const analyzer = openAnalyzer(pool);
  const outcomes = openCommitOutcomes(pool);
  const types = await readTypes(pool);
  const lanes = Array.from({ length: laneCount }, () =>
    openPostgresLane(writers, { q, types }, { hooks, analyzer, outcomes }),
  );
  let turn = 0;
  const laneOf = (key?: number) => lanes[(key ?? turn++) % laneCount] as GroupCommit;
  const read = new PostgresRead(pool, q, hooks);
  return {
    dialect: 'postgres',
    q,
    all: (query) => read.all(query),
    get: (query) => read.get(query),
    run: (query) =>
      laneOf().add(
        single((tx) => tx.run(query)),
        undefined,
      ),
    write: (work, lane) => laneOf(lane).add(single(work), undefined),
    writeMany: (verb, input, lane) => laneOf(lane).add(verb, input),
    readMany: openBatchReads(read),
    close: async () => {
      await Promise.all(lanes.map((lane) => lane.idle()));
      await analyzer.idle();
      outcomes.close();
      await Promise.all([pool.end(), writers.end()]);
    },
  };
}

function openPool(url: string, max: number): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max, ...timeouts });
  // A connection was lost: its queries are told, the pool drops it, and the next query opens another.
  pool.on('error', () => {});
  pool.on('connect', (client) => void client.on('error', () => {}));
  return pool;
}

async function readTypes(pool: pg.Pool): Promise<ColumnTypes> {
  const { rows } = await pool.query<{ table_name: string; column_name: string; data_type: string }>(
    'select table_name, column_name, data_type from information_schema.columns where table_schema = current_schema()',
  );
  const tables = new Map<string, Map<string, string>>();
  for (const { table_name, column_name, data_type } of rows) {
    const columns = tables.get(table_name) ?? new Map();
    tables.set(table_name, columns.set(column_name, data_type));
  }
  return tables;
}

function openPostgresLane(
  pool: pg.Pool,
  dialect: Dialect,
  { hooks, analyzer, outcomes }: { hooks: CommitHooks; analyzer: Analyzer; outcomes: CommitOutcomes },
): GroupCommit {
  return openGroupCommit(
    async (body) => {
      const client = await pool.connect().catch(throwFailure);
      const line = pipelineOf(client);
      const tx = new PostgresTx(line, dialect, hooks);
      let xid: string | undefined;
      try {
        // The id is known before the commit is sent: it is asked for in the packet that begins the transaction.
        const [, { rows }] = await Promise.all([
          line.query('begin').catch(throwFailure),
          line.query('select pg_current_xact_id()::text as xid').catch(throwFailure),
          body(tx),
        ]);
        xid = (rows[0] as { xid: string }).xid;
        // What comes before the commit is sent, not awaited: the commit follows on its heels.
        const [, { command }] = await Promise.all([
          hooks.beforeCommit(tx),
          line.query('commit').catch(throwFailure),
          ...tx.unanswered,
        ]);
        // A transaction in which a statement failed is rolled back by its commit, without an error.
        if (command !== 'COMMIT') throw new Error('The transaction was rolled back');
      } catch (error) {
        tx.isOver = true;
        const isLost = error instanceof DatabaseFailed;
        // A connection that cannot even roll back is not used again.
        client.release(isLost ? error : await errorOf(line.query('rollback')));
        if (xid === undefined || !isLost) throw error;
        return settleUnknownOutcome(tx, error, { outcome: outcomes.find(xid), hooks });
      }
      tx.isOver = true;
      client.release();
      analyzer.onCommit();
      runCommitWork(tx);
    },
    (tx) => (tx as PostgresTx).traces,
    { onBatch: hooks.onBatch, twoBatches: true },
  );
}

const runCommitWork = (tx: PostgresTx): void => {
  for (const work of tx.commitWork) work();
};

/**
 * Ends a transaction whose connection broke during its commit: as a commit when the database says so in time. When that is
 * known later, the callers have their error, and what follows a commit still happens: work, and events from the log.
 * @throws DatabaseFailed unless it was committed
 */
async function settleUnknownOutcome(
  tx: PostgresTx,
  error: DatabaseFailed,
  { outcome, hooks }: { outcome: Promise<CommitOutcome>; hooks: CommitHooks },
): Promise<void> {
  const follow = (known: CommitOutcome) => {
    if (known === 'committed') runCommitWork(tx);
    if (known !== 'aborted') hooks.eventsUnpublished?.();
  };
  const known = await withTimeout(outcome, outcomeTimeoutMs);
  if (known === undefined) void outcome.then(follow);
  else follow(known);
  if (known === 'committed') return;
  throw known === 'aborted' ? error : new DatabaseFailed(error.cause, { isOutcomeUnknown: true });
}

const errorOf = (work: Promise<unknown>): Promise<Error | undefined> =>
  work.then(
    () => undefined,
    (fault: Error) => fault,
  );

/** What a server says when it goes, has no room, or must not write; other codes are answers to the query. */
const failureCode = /^(08|53|57P|58|25006)/;

/** @throws DatabaseFailed for all that is not the server's answer to the query */
function throwFailure(error: unknown): never {
  if (error instanceof DatabaseFailed) throw error;
  if (error instanceof pg.DatabaseError && !failureCode.test(error.code ?? '')) throw error;
  throw new DatabaseFailed(error);
}

const lines = new WeakMap<pg.ClientBase, SqlPipeline>();

/** A connection has one line, which knows what was prepared on it. */
function pipelineOf(client: pg.ClientBase): SqlPipeline {
  const line = lines.get(client) ?? new SqlPipeline(client);
  lines.set(client, line);
  return line;
}

abstract class PostgresSql implements Sql {
  readonly dialect = 'postgres';
  readonly q: Query;
  protected readonly hooks: CommitHooks;

  constructor(q: Query, hooks: CommitHooks) {
    this.q = q;
    this.hooks = hooks;
  }

  /** @throws DatabaseFailed */
  protected abstract query(text: string, values: readonly unknown[]): Promise<QueryResult>;

  async all<Row>(query: Runnable<Row>): Promise<Row[]> {
    const { sql, parameters } = query.compile(this.q);
    return (await this.query(sql, parameters)).rows as Row[];
  }

  async get<Row>(query: Runnable<Row>): Promise<Row | undefined> {
    return (await this.all(query))[0];
  }

  async run(query: Runnable<unknown>): Promise<number> {
    const { sql, parameters } = query.compile(this.q);
    const { command } = await this.query(sql, parameters);
    return Number(/\d+$/.exec(command)?.[0] ?? 0);
  }
}

/** Reads outside of transactions, each on whichever connection is free. */
class PostgresRead extends PostgresSql {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool, q: Query, hooks: CommitHooks) {
    super(q, hooks);
    this.#pool = pool;
  }

  protected async query(text: string, values: readonly unknown[]): Promise<QueryResult> {
    this.hooks.onStatement?.({ text, values, within: 'read' });
    const client = await this.#pool.connect().catch(throwFailure);
    try {
      const answer = await pipelineOf(client).query(text, values).catch(throwFailure);
      client.release();
      return answer;
    } catch (error) {
      client.release(error instanceof DatabaseFailed);
      throw error;
    }
  }
}

/** A list for each of these columns. */
const listsOf = (rows: readonly object[], columns: readonly string[]): unknown[][] =>
  columns.map((column) => rows.map((row) => (row as Record<string, unknown>)[column]));

class PostgresTx extends PostgresSql implements Tx {
  readonly commitWork: (() => void)[] = [];
  readonly emissions: LogEntry[] = [];
  readonly unanswered: Promise<unknown>[] = [];
  writes = 0;
  /** Who has not heard of its end must not write into what comes next. */
  isOver = false;
  readonly #line: SqlPipeline;
  readonly #types: ColumnTypes;

  constructor(line: SqlPipeline, { q, types }: Dialect, hooks: CommitHooks) {
    super(q, hooks);
    this.#line = line;
    this.#types = types;
  }

  /** What a refusal may not leave behind: rows, events, and work for after the commit. */
  get traces(): number {
    return this.writes + this.emissions.length + this.commitWork.length;
  }

  protected async query(text: string, values: readonly unknown[]): Promise<QueryResult> {
    if (this.isOver) throw new Error('The transaction is over');
    this.hooks.onStatement?.({ text, values, within: 'transaction' });
    if (!/^\s*select/i.test(text)) this.writes++;
    return this.#line.query(text, values).catch(throwFailure);
  }

  async insertMany<T extends TableName>(table: T, rows: readonly Partial<Tables[T]>[]): Promise<void> {
    if (!rows.length) return;
    const columns = Object.keys(rows[0] as object);
    await this.query(
      `insert into "${table}" (${columns.join(', ')}) select * from ${this.#unnest(table, columns)}`,
      listsOf(rows, columns),
    );
  }

  async updateMany<T extends TableName>(
    table: T,
    rows: readonly Partial<Tables[T]>[],
    columns: readonly string[],
  ): Promise<void> {
    if (!rows.length) return;
    const given = ['id', ...columns];
    await this.query(
      `update "${table}" as target set ${columns.map((column) => `${column} = source.${column}`).join(', ')} ` +
        `from ${this.#unnest(table, given)} as source (${given.join(', ')}) where target.id = source.id`,
      listsOf(rows, given),
    );
  }

  /** A batch travels as one list a column, so that any number of rows shares one prepared statement. */
  #unnest(table: TableName, columns: readonly string[]): string {
    const types = this.#types.get(table);
    return `unnest(${columns.map((column, index) => `$${index + 1}::${types?.get(column)}[]`).join(', ')})`;
  }

  async nextIds(table: TableName, count: number): Promise<number[]> {
    const { rows } = await this.query(`select nextval('${table}_id_seq') as id from generate_series(1, $1)`, [
      count,
    ]);
    return (rows as { id: number }[]).map(({ id }) => id);
  }

  commitWith(write: Promise<unknown>): void {
    // Whoever fails first tells; this one may not be awaited any more then.
    write.catch(() => {});
    this.unanswered.push(write);
  }

  afterCommit(work: () => void): void {
    this.commitWork.push(work);
  }
}
