/** A transaction on SQLite: one connection writes, so its queries run at once and need no locks. */
import { codeOf, DatabaseFailed } from '../database-failed.ts';
import type { CommitHooks, Query, TableName } from '../db.ts';
import type { Transact } from '../group-commit.ts';
import { columnsIn } from '../row-functions.ts';
import type { Tables } from '../tables.ts';
import { addOnConflict, type Executed, Transaction } from '../transaction.ts';
import {
  type Connection,
  execute,
  lockWaitMs,
  type PreparedStatement,
  prepare,
  writeRows,
} from './connection.ts';
import type { SqliteReads } from './reads.ts';

export interface SqliteWriter {
  writer: Connection;
  q: Query;
  hooks: CommitHooks;
  reads: SqliteReads;
  onCommit(): void;
}

/** @returns the transaction of a group commit; it throws `DatabaseFailed` when the file cannot be written */
export const transactOn =
  ({ writer, q, hooks, reads, onCommit }: SqliteWriter): Transact =>
  async (body) => {
    const tx = new SqliteTransaction(writer, q, hooks);
    try {
      await retryWhileLocked(() => {
        // A read may have opened a snapshot on the same connection while another process held the lock.
        reads.endSnapshot();
        writer.exec('begin immediate');
      });
      await body(tx);
      await hooks.beforeCommit(tx);
      await tx.pendingWrites();
      writer.exec('commit');
      onCommit();
    } catch (error) {
      tx.end();
      if (writer.inTransaction) writer.exec('rollback');
      throw failureCode.test(codeOf(error)) ? new DatabaseFailed(error) : error;
    }
    tx.end();
    reads.endSnapshot();
    tx.runAfterCommit();
  };

/** No space, a disk that fails or is read-only, or another process that holds a lock for too long. */
const failureCode = /^SQLITE_(FULL|IOERR|READONLY|CANTOPEN|BUSY)/;

const lockRetryMs = 10;

/**
 * Repeats `work` while another process holds a lock that it needs. SQLite's own busy timeout would block the main thread, and
 * with it every read, ping and timer.
 * @throws what `work` throws, and SQLITE_BUSY after `lockWaitMs`
 */
async function retryWhileLocked(work: () => void): Promise<void> {
  for (const until = performance.now() + lockWaitMs; ; )
    try {
      return work();
    } catch (error) {
      if (!codeOf(error).startsWith('SQLITE_BUSY') || performance.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, lockRetryMs));
    }
}

class SqliteTransaction extends Transaction {
  readonly dialect = 'sqlite';
  readonly #connection: Connection;

  constructor(connection: Connection, q: Query, hooks: CommitHooks) {
    super(q, hooks);
    this.#connection = connection;
  }

  protected async execute(text: string, values: readonly unknown[]): Promise<Executed> {
    return execute(this.#prepare(text, values), values);
  }

  #prepare(text: string, values: readonly unknown[]): PreparedStatement {
    this.checkOpen();
    // A disk error has ended the transaction; each further statement would be committed by itself.
    if (!this.#connection.inTransaction) throw new DatabaseFailed(new Error('the transaction was lost'));
    this.hooks.onStatement?.({ text, values, within: 'transaction' });
    const prepared = prepare(this.#connection, text);
    if (!prepared.statement.readonly) this.writes++;
    return prepared;
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
    const places = columns.map(() => '?').join(', ');
    const text = `insert into "${table}" as stored (${columns.join(', ')}) values (${places})`;
    writeRows(this.#prepare(keys ? `${text} ${addOnConflict(columns, keys)}` : text, []), columns, rows);
  }

  async updateMany<T extends TableName>(
    table: T,
    rows: readonly (Partial<Tables[T]> & { id: number })[],
    columns: readonly (keyof Tables[T] & string)[],
  ): Promise<void> {
    if (!rows.length) return;
    const changes = columns.map((column) => `${column} = ?`).join(', ');
    writeRows(this.#prepare(`update "${table}" set ${changes} where id = +?`, []), [...columns, 'id'], rows);
  }

  /** SQLite has no sequences: the table `sequences` holds the last id of each table. */
  async nextIds(table: TableName, count: number): Promise<number[]> {
    const [sequence] = await this.rows<{ value: number }>(
      'insert into sequences (name, value) values (?, ?) on conflict (name) do update set value = value + excluded.value returning value',
      [table, count],
    );
    if (!sequence) throw new Error(`The sequence of ${table} returned no value`);
    return Array.from({ length: count }, (_, index) => sequence.value - count + 1 + index);
  }
}
