/** A transaction on PostgreSQL: its statements go through the pipeline of one connection, the commit with the last of them. */
import type pg from 'pg';
import { isObject } from '../../json-text.ts';
import { DatabaseFailed } from '../database-failed.ts';
import type { CommitHooks, Query, TableName } from '../db.ts';
import type { Transact } from '../group-commit.ts';
import { columnsIn } from '../row-functions.ts';
import type { Tables } from '../tables.ts';
import { withTimeout } from '../timeout.ts';
import { addOnConflict, type Executed, Transaction } from '../transaction.ts';
import type { CommitOutcome, CommitOutcomes } from './commit-outcome.ts';
import type { SqlPipeline } from './pipeline.ts';
import { incarnationOf, pipelineOf, throwFailure } from './pool.ts';

/** PostgreSQL's names of types, by table and column. */
export type ColumnTypes = ReadonlyMap<string, ReadonlyMap<string, string>>;

export interface PostgresWriter {
  /** Of one connection. */
  pool: pg.Pool;
  q: Query;
  types: ColumnTypes;
  hooks: CommitHooks;
  outcomes: CommitOutcomes;
  onCommit(): void;
}

/** @returns the transaction of a group commit; it throws `DatabaseFailed` when the connection breaks */
export const transactOn =
  (writer: PostgresWriter): Transact =>
  async (body) => {
    const client = await writer.pool.connect().catch(throwFailure);
    const pipeline = pipelineOf(client);
    const tx = new PostgresTransaction(pipeline, writer);
    const roundTripsBefore = pipeline.roundTrips;
    let xid: string | undefined;
    try {
      xid = await begin(pipeline, () => body(tx));
      await commit(pipeline, tx, writer.hooks);
    } catch (thrown) {
      tx.end();
      const error = tx.causeOf(thrown);
      const isLost = error instanceof DatabaseFailed;
      // A connection that cannot even roll back is not used again.
      client.release(isLost ? error : await errorOf(pipeline.query('rollback')));
      if (xid === undefined || !isLost) throw error;
      const outcome = writer.outcomes.find({ xid, incarnation: incarnationOf(client) });
      return settleUnknownOutcome(tx, error, { outcome, hooks: writer.hooks });
    }
    tx.end();
    client.release();
    writer.hooks.onRoundTrips?.(pipeline.roundTrips - roundTripsBefore);
    writer.onCommit();
    tx.runAfterCommit();
  };

/** Sends the begin with the first statements of `body`. @returns the id of the transaction, which outlives its connection */
async function begin(pipeline: SqlPipeline, body: () => Promise<void>): Promise<string> {
  const [, { rows }] = await Promise.all([
    pipeline.query('begin').catch(throwFailure),
    pipeline.query('select pg_current_xact_id()::text as xid').catch(throwFailure),
    body(),
  ]);
  const [row] = rows;
  if (!isObject(row) || typeof row.xid !== 'string') throw new Error('PostgreSQL returned no transaction id');
  return row.xid;
}

/** Sends the last statements and the commit in one packet. @throws when the transaction was rolled back instead */
async function commit(pipeline: SqlPipeline, tx: Transaction, hooks: CommitHooks): Promise<void> {
  const [, { command }] = await Promise.all([
    hooks.beforeCommit(tx),
    pipeline.query('commit').catch(throwFailure),
    tx.pendingWrites(),
  ]);
  // A commit after a failed statement rolls the transaction back, without an error.
  if (command !== 'COMMIT') throw new Error('The transaction was rolled back');
}

/**
 * How long callers wait for the outcome of a commit whose connection broke; later they get an error that says it is not known.
 * Clients give up after some more seconds.
 */
const outcomeTimeoutMs = 5000;

/**
 * Ends a transaction whose connection broke during its commit: as a commit when the database says so in time. When the outcome
 * is known later, the callers have their error, and the work after the commit still runs, with the events from the log.
 * @throws DatabaseFailed unless it was committed
 */
async function settleUnknownOutcome(
  tx: Transaction,
  error: DatabaseFailed,
  { outcome, hooks }: { outcome: Promise<CommitOutcome>; hooks: CommitHooks },
): Promise<void> {
  const follow = (known: CommitOutcome) => {
    if (known === 'committed') tx.runAfterCommit();
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
    (error: Error) => error,
  );

class PostgresTransaction extends Transaction {
  readonly dialect = 'postgres';
  readonly #pipeline: SqlPipeline;
  readonly #types: ColumnTypes;

  constructor(pipeline: SqlPipeline, { q, types, hooks }: PostgresWriter) {
    super(q, hooks);
    this.#pipeline = pipeline;
    this.#types = types;
  }

  protected async execute(text: string, values: readonly unknown[]): Promise<Executed> {
    this.checkOpen();
    this.hooks.onStatement?.({ text, values, within: 'transaction' });
    if (!/^\s*select/i.test(text)) this.writes++;
    return this.#pipeline.query(text, values).catch(throwFailure);
  }

  insertMany<T extends TableName>(table: T, rows: readonly Partial<Tables[T]>[]): Promise<void> {
    return this.#insert(table, rows);
  }

  addMany<T extends TableName>(
    table: T,
    rows: readonly Partial<Tables[T]>[],
    keys: readonly (keyof Tables[T] & string)[],
  ): Promise<void> {
    return this.#insert(table, rows, keys);
  }

  /** Inserts rows; with `keys`, adds them to the rows that have the same keys. */
  async #insert<T extends TableName>(
    table: T,
    rows: readonly Partial<Tables[T]>[],
    keys?: readonly (keyof Tables[T] & string)[],
  ): Promise<void> {
    const columns = columnsIn(rows);
    if (!columns) return;
    const text = `insert into "${table}" as stored (${columns.join(', ')}) select * from ${this.#unnest(table, columns)}`;
    await this.execute(keys ? `${text} ${addOnConflict(columns, keys)}` : text, toLists(rows, columns));
  }

  async updateMany<T extends TableName>(
    table: T,
    rows: readonly (Partial<Tables[T]> & { id: number })[],
    columns: readonly (keyof Tables[T] & string)[],
  ): Promise<void> {
    if (!rows.length) return;
    const names = ['id', ...columns];
    const ids = rows.map(({ id }) => id);
    const changes = columns.map((column) => `${column} = source.${column}`).join(', ');
    await this.execute(
      `update "${table}" as target set ${changes} ` +
        `from ${this.#unnest(table, names)} as source (${names.join(', ')}) where target.id = source.id`,
      [ids, ...toLists(rows, columns)],
    );
  }

  /** A batch is sent as one list per column, so that any number of rows shares one prepared statement. */
  #unnest(table: TableName, columns: readonly string[]): string {
    const types = this.#types.get(table);
    return `unnest(${columns.map((column, index) => `$${index + 1}::${types?.get(column)}[]`).join(', ')})`;
  }

  async nextIds(table: TableName, count: number): Promise<number[]> {
    const rows = await this.rows<{ id: number }>(
      `select nextval('${table}_id_seq') as id from generate_series(1, $1)`,
      [count],
    );
    return rows.map(({ id }) => id);
  }
}

/** A list for each of these columns. */
const toLists = <Row>(rows: readonly Row[], columns: readonly (keyof Row)[]): unknown[][] =>
  columns.map((column) => rows.map((row) => row[column]));
