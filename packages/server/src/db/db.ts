/**
 * The one door to storage: a typed query builder, an executor, and the write lane, the same over SQLite and PostgreSQL.
 * Columns are text, integers and JSON kept as text; times are integer milliseconds; true is 1 (decisions.md 4).
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

/** A transaction. Inside it, nothing but it may be used: on SQLite there is one writer. */
export interface Tx extends Sql {
  /** Inserts rows of one shape with one statement, whatever their number. */
  insertMany<T extends TableName>(table: T, rows: readonly Partial<Tables[T]>[]): Promise<void>;
  /** Sets `columns` of the rows with these ids, one statement for all. */
  updateMany<T extends TableName>(
    table: T,
    rows: readonly Partial<Tables[T]>[],
    columns: readonly (keyof Tables[T] & string)[],
  ): Promise<void>;
  /** The next `count` ids of a table, growing. */
  nextIds(table: TableName, count: number): Promise<number[]>;
  /**
   * Awaits `write` only with the commit: what needs no answer goes the way to the database with what comes next. Where it fails,
   * so does the transaction.
   */
  commitWith(write: Promise<unknown>): void;
  /** Runs once this transaction has committed; never when it rolls back. */
  afterCommit(work: () => void): void;
  /** Events gathered by `events/emit.ts`, written to the log at the end of the transaction. */
  readonly emissions: LogEntry[];
}

/** One event for one audience, already serialised. */
export interface LogEntry {
  /** Each once. */
  streams: readonly string[];
  event: string;
  /** The whole cable message as JSON text: `{"event":...,"data":...}`. */
  payload: string;
}

/** What a caller gets of one item of a batch: its answer, or the refusal that keeps it alone out of the batch. */
export type Outcome<Out> = { answer: Out } | { refusal: Error };

/** A verb written for many and called with one (decisions.md 5). */
export type BatchVerb<In, Out> = (tx: Tx, batch: readonly In[]) => Promise<Outcome<Out>[]>;

/** A read written for many and called with one: an answer for each input, in their order. */
export type BatchRead<In, Out> = (sql: Sql, batch: readonly In[]) => Promise<Out[]>;

export interface Db extends Sql {
  /** Hands the inputs that arrive for `read` in one turn of the event loop to it together, where that saves a way. */
  readMany<In, Out>(read: BatchRead<In, Out>, input: In): Promise<Out>;
  /**
   * Runs `work` in the next batch of the write lane and answers after that batch has committed. It may run several times:
   * alone after its batch has failed, and again when another writer took a unique value in between.
   * `lane` keeps an order: works of one key run one after another (on SQLite all do).
   */
  write<Out>(work: (tx: Tx) => Promise<Out>, lane?: number): Promise<Out>;
  /** As `write`, but all waiting inputs of one verb are handed to it together. */
  writeMany<In, Out>(verb: BatchVerb<In, Out>, input: In, lane?: number): Promise<Out>;
  close(): Promise<void>;
}

/** What `db/` asks of the event log: append before the commit, tell after it. */
export interface CommitHooks {
  /** On PostgreSQL only what it sends at once, before it waits for anything, is part of the transaction. */
  beforeCommit(tx: Tx): Promise<void>;
  /**
   * A transaction was committed, or may have been, and its events were not published: the connection broke before the
   * database answered. Called once the outcome is known.
   */
  eventsUnpublished?(): void;
  /** Told of each batch of the write lane: its works, and the milliseconds for which the first of them waited. */
  onBatch?(size: number, waited: number): void;
  /** Told of each statement before it runs: for tests that read its plan. */
  onStatement?(execution: Execution): void;
}

/** A statement and its values; on SQLite a batch of rows is told without them. */
export interface Execution {
  text: string;
  values: readonly unknown[];
  within: 'read' | 'transaction';
}
