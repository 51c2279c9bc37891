/**
 * The interface of storage, the same on SQLite and PostgreSQL: a typed query builder, execution of its queries, and writes by
 * group commit. Columns are text, integers and JSON kept as text; times are integer milliseconds; true is 1 (decisions.md 4).
 */
import type { CompiledQuery, Kysely } from 'kysely';
import type { Tables } from './tables.ts';

export type Query = Kysely<Tables>;

/** A built query, a raw one, or one of `preparedQuery()` bound to its values. */
export interface Runnable<Row> {
  compile(q: Query): CompiledQuery<Row>;
}

export type TableName = keyof Tables & string;

/** Runs queries: the database itself for reads of committed rows, or a transaction. */
export interface Sql {
  readonly dialect: 'sqlite' | 'postgres';
  /** The query builder; it only builds, `all`, `get` and `run` execute. */
  readonly q: Query;
  all<Row>(query: Runnable<Row>): Promise<Row[]>;
  get<Row>(query: Runnable<Row>): Promise<Row | undefined>;
  /** Executes a query without rows and answers how many rows it touched. */
  run(query: Runnable<unknown>): Promise<number>;
}

/** A transaction. Code inside it must not use `Db`: on SQLite there is one writer, which would wait for itself. */
export interface Tx extends Sql {
  /** Inserts rows of one shape with one statement, whatever their number. */
  insertMany<T extends TableName>(table: T, rows: readonly Partial<Tables[T]>[]): Promise<void>;
  /** Like `insertMany`; where a row with the same `keys`, a unique key, is stored, the other columns are added to it. */
  addMany<T extends TableName>(
    table: T,
    rows: readonly Partial<Tables[T]>[],
    keys: readonly (keyof Tables[T] & string)[],
  ): Promise<void>;
  /** Sets `columns` of the rows with these ids, one statement for all. */
  updateMany<T extends TableName>(
    table: T,
    rows: readonly (Partial<Tables[T]> & { id: number })[],
    columns: readonly (keyof Tables[T] & string)[],
  ): Promise<void>;
  /** The next `count` ids of a table, growing. */
  nextIds(table: TableName, count: number): Promise<number[]>;
  /**
   * Awaits `write` at the commit, so that a statement whose result nobody needs is sent with the next one. When it fails, the
   * transaction fails.
   */
  awaitAtCommit(write: Promise<unknown>): void;
  /**
   * Calls `verb` once with the inputs of all jobs that run side by side in this transaction; with this one alone otherwise.
   * Resolves with the answer to `input`. @throws the refusal of `input`
   */
  gather<In, Out>(verb: BatchVerb<In, Out>, input: In): Promise<Out>;
  /** Runs once this transaction has committed; never when it rolls back. */
  afterCommit(work: () => void): void;
  /** Events of `events/emit.ts`, which `events/store-append.ts` appends to the log at the end of the transaction. */
  readonly logEntries: LogEntry[];
}

/** One event for one audience, already serialised. */
export interface LogEntry {
  /** Without duplicates. */
  streams: readonly string[];
  event: string;
  /** The whole cable message as JSON text: `{"event":...,"data":...}`. */
  payload: string;
}

/** The result of one input of a batch: an answer, or the refusal with which it fails alone. */
export type Outcome<Out> = { answer: Out } | { refusal: Error };

/** A verb that processes a batch, called with one input at a time (decisions.md 5). */
export type BatchVerb<In, Out> = (tx: Tx, batch: readonly In[]) => Promise<Outcome<Out>[]>;

/**
 * Names of the rows that a job reads in order to change them, such as `conversation:5`. Jobs of a batch without a common name run
 * side by side. Rows without a name may be inserted, and changed by statements that do not depend on what was read before.
 */
export type Scope = readonly string[];

/** A read of a batch, called with one input at a time: returns an answer for each input, in their order. */
export type BatchRead<In, Out> = (sql: Sql, batch: readonly In[]) => Promise<Out[]>;

export interface Db extends Sql {
  /**
   * For reads whose cost grows with what is stored: searches, filters, sorted and deep lists, reports. They run apart from all
   * others, on SQLite in threads and on PostgreSQL on connections of their own, so that no message waits for them, and see
   * what was committed before they began. They throw `Refusal` when they take too long or too many wait.
   */
  readonly longReads: Sql;
  /** Calls `read` once with all inputs that arrive for it in one turn of the event loop. */
  readMany<In, Out>(read: BatchRead<In, Out>, input: In): Promise<Out>;
  /**
   * Runs `work` in the next transaction, with all other waiting jobs in their order, and resolves after its commit. `work` may
   * run several times: alone after its batch has failed, and again when another writer took a unique value in between.
   * @param scope without it no other job runs at the same time
   */
  write<Out>(work: (tx: Tx) => Promise<Out>, scope?: Scope): Promise<Out>;
  /** Like `write`, but calls `verb` once with all its waiting inputs. */
  writeMany<In, Out>(verb: BatchVerb<In, Out>, input: In, scope?: Scope): Promise<Out>;
  close(): Promise<void>;
}

/** Callbacks of `db/` around each commit; `main.ts` connects them to the event log and the metrics. */
export interface CommitHooks {
  /** Appends to the log. On PostgreSQL only the statements sent before its first `await` are part of the transaction. */
  beforeCommit(tx: Tx): Promise<void>;
  /**
   * Called when a transaction was committed, or may have been, without publishing its events: the connection broke before the
   * database answered.
   */
  eventsUnpublished?(): void;
  /** Called with each batch before it runs: its number of jobs, and the milliseconds for which the first of them waited. */
  onBatch?(size: number, waitedMs: number): void;
  /** Called with each batch after its commit or failure, with the milliseconds that it took. */
  onBatchEnd?(tookMs: number): void;
  /** Called with each statement before it runs: for tests that read its plan. */
  onStatement?(execution: Execution): void;
  /** Called after each transaction on PostgreSQL with the packets that it took: for tests that count them. */
  onRoundTrips?(count: number): void;
}

/** A statement and its values, which are empty for a batch of rows on SQLite. */
export interface Execution {
  text: string;
  values: readonly unknown[];
  within: 'read' | 'transaction';
}
