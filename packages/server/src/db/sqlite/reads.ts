/** Reads of committed rows of a SQLite file, outside of transactions. */
import { LRUCache } from 'lru-cache';
import type { CommitHooks, Query } from '../db.ts';
import { makeToRow } from '../row-functions.ts';
import { type Executed, Executor } from '../transaction.ts';
import { type Connection, execute, prepare } from './connection.ts';
import type { ReaderThreads } from './reader-threads.ts';

/**
 * Reads run on the writing connection, whose page cache holds what was just written. While a transaction is open there they
 * run on the other connection, which drops its page cache at every commit.
 *
 * Reads of one turn of the event loop share a snapshot: taking and releasing file locks for each makes
 * the last 20 messages (B6) 10 % dearer. The snapshot ends with the turn, and earlier with a commit, so that an answered caller
 * sees its own write.
 */
export class SqliteReads extends Executor {
  readonly dialect = 'sqlite';
  readonly #connections: { writer: Connection; reader: Connection };
  #snapshot: Connection | undefined;

  constructor(connections: { writer: Connection; reader: Connection }, q: Query, hooks: CommitHooks) {
    super(q, hooks);
    this.#connections = connections;
  }

  protected async execute(text: string, values: readonly unknown[]): Promise<Executed> {
    this.hooks.onStatement?.({ text, values, within: 'read' });
    this.#snapshot ??= this.#openSnapshot();
    const prepared = prepare(this.#snapshot, text);
    if (!prepared.statement.readonly) throw new Error('A query that writes needs a transaction');
    return execute(prepared, values);
  }

  #openSnapshot(): Connection {
    const { writer, reader } = this.#connections;
    const connection = writer.inTransaction ? reader : writer;
    connection.exec('begin');
    setImmediate(() => this.endSnapshot());
    return connection;
  }

  /** Called before a transaction begins and after its commit. */
  endSnapshot(): void {
    // A disk error ends the snapshot's transaction by itself.
    if (this.#snapshot?.inTransaction) this.#snapshot.exec('commit');
    this.#snapshot = undefined;
  }
}

const maxRowFunctions = 500;

/** Reads in reader threads; the rows are made here, because objects take longer to send than arrays of their values. */
export class SqliteLongReads extends Executor {
  readonly dialect = 'sqlite';
  readonly #threads: ReaderThreads;
  readonly #toRow = new LRUCache<string, ReturnType<typeof makeToRow>>({ max: maxRowFunctions });

  constructor(threads: ReaderThreads, q: Query, hooks: CommitHooks) {
    super(q, hooks);
    this.#threads = threads;
  }

  protected async execute(text: string, values: readonly unknown[]): Promise<Executed> {
    this.hooks.onStatement?.({ text, values, within: 'read' });
    const { columns, rows } = await this.#threads.read(text, values);
    const toRow = this.#toRow.get(text) ?? makeToRow(columns);
    this.#toRow.set(text, toRow);
    return { rows: rows.map(toRow), changes: 0 };
  }
}
