/** SQLite: one writing connection behind one lane, and one for reads while a transaction is open on the first. */
import Database from 'better-sqlite3';
import {
  type CompiledQuery,
  DummyDriver,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { openBatchReads } from './batch-reads.ts';
import { openCheckpointer } from './checkpointer.ts';
import { DatabaseFailed } from './database-failed.ts';
import type { CommitHooks, Db, LogEntry, Query, Runnable, Sql, TableName, Tx } from './db.ts';
import { openGroupCommit } from './group-commit.ts';
import { makeToRow, makeToValues } from './row-functions.ts';
import { single } from './single.ts';
import type { Tables } from './tables.ts';

type Connection = Database.Database;

/**
 * Opens the file at `path`. A transaction waits up to `lockWaitMs` for a lock that another process holds, such as the command
 * line's; reads do not need that lock, and the event loop goes on.
 */
export function openSqlite(path: string, hooks: CommitHooks): Db {
  const writer = connect(path);
  writer.pragma('cache_size = -16000');
  const reader = connect(path);
  reader.pragma('query_only = on');
  const q = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new PlannedOnce(),
    },
  });
  const read = new SqliteReader({ writer, reader }, q, hooks);
  const checkpointer = openCheckpointer(path);
  const lane = openGroupCommit(
    async (body) => {
      const tx = new SqliteTx(writer, q, hooks);
      try {
        await retryWhileLocked(() => {
          // Reads may have begun on the same connection while the lock was held.
          read.endSnapshot();
          writer.exec('begin immediate');
        });
        await body(tx);
        await hooks.beforeCommit(tx);
        await Promise.all(tx.unanswered);
        writer.exec('commit');
        checkpointer.onCommit();
      } catch (error) {
        tx.isOver = true;
        if (writer.inTransaction) writer.exec('rollback');
        throw failureCode.test(codeOf(error)) ? new DatabaseFailed(error) : error;
      }
      tx.isOver = true;
      read.endSnapshot();
      for (const work of tx.commitWork) work();
    },
    (tx) => (tx as SqliteTx).traces,
    { onBatch: hooks.onBatch },
  );
  return {
    dialect: 'sqlite',
    q,
    all: (query) => read.all(query),
    get: (query) => read.get(query),
    run: (query) =>
      lane.add(
        single((tx) => tx.run(query)),
        undefined,
      ),
    write: (work) => lane.add(single(work), undefined),
    writeMany: (verb, input) => lane.add(verb, input),
    readMany: openBatchReads(read),
    close: async () => {
      await lane.idle();
      read.endSnapshot();
      await checkpointer.close();
      reader.close();
      writer.close();
    },
  };
}

/** No room, a disk that fails or may not be written, or another process that holds a lock for too long. */
const failureCode = /^SQLITE_(FULL|IOERR|READONLY|CANTOPEN|BUSY)/;

const codeOf = (error: unknown): string => (error as { code?: string }).code ?? '';

const lockWaitMs = 10_000;

/**
 * Repeats `work` while another process holds a lock that it needs. SQLite's own busy timeout would sleep on the main thread,
 * and with it every read, ping and timer.
 * @throws what `work` throws, and SQLITE_BUSY after `lockWaitMs`
 */
async function retryWhileLocked(work: () => void): Promise<void> {
  for (const until = performance.now() + lockWaitMs; ; )
    try {
      return work();
    } catch (error) {
      if (!codeOf(error).startsWith('SQLITE_BUSY') || performance.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
}

/**
 * Values stand behind a plus, which does nothing to them. Where the planner may look at a bare `?`, in `limit ?` and in every
 * comparison in a table with a partial index, SQLite compiles the statement anew at each execution, for 10 to 40 us.
 */
class PlannedOnce extends SqliteQueryCompiler {
  protected override getCurrentParameterPlaceholder(): string {
    return '+?';
  }
}

function connect(path: string): Connection {
  const connection = new Database(path, { timeout: lockWaitMs });
  connection.pragma('journal_mode = wal');
  connection.pragma('synchronous = full');
  connection.pragma('foreign_keys = on');
  // Most of it is done by the checkpointer before.
  connection.pragma('wal_autocheckpoint = 8000');
  connection.pragma('temp_store = memory');
  connection.pragma('busy_timeout = 0');
  return connection;
}

interface Prepared {
  statement: Database.Statement;
  /** Absent when it answers no rows. */
  toRow: ReturnType<typeof makeToRow> | undefined;
  /** From a row to its parameters, when it writes rows one by one. */
  toValues?: ReturnType<typeof makeToValues>;
}

const statementsOf = new WeakMap<Connection, Map<string, Prepared>>();

/** Prepared statements, kept by their text; the oldest is dropped past 500. */
function prepare(connection: Connection, text: string): Prepared {
  let known = statementsOf.get(connection);
  if (!known) {
    known = new Map();
    statementsOf.set(connection, known);
  }
  let prepared = known.get(text);
  if (!prepared) {
    const statement = connection.prepare(text);
    prepared = { statement, toRow: statement.reader ? makeToRow(columnsOf(statement.raw(true))) : undefined };
    known.set(text, prepared);
    if (known.size > 500) known.delete(known.keys().next().value as string);
  }
  return prepared;
}

const columnsOf = (statement: Database.Statement) => statement.columns().map(({ name }) => name);

class SqliteSql implements Sql {
  readonly dialect = 'sqlite';
  readonly q: Query;
  protected readonly connection: Connection;
  protected readonly hooks: CommitHooks;

  constructor(connection: Connection, q: Query, hooks: CommitHooks) {
    this.connection = connection;
    this.q = q;
    this.hooks = hooks;
  }

  protected prepare(text: string, values: readonly unknown[] = []): Prepared {
    this.hooks.onStatement?.({ text, values, within: 'transaction' });
    return prepare(this.connection, text);
  }

  async all<Row>(query: Runnable<Row>): Promise<Row[]> {
    const { sql, parameters } = query.compile(this.q);
    const { statement, toRow } = this.prepare(sql, parameters);
    if (toRow) return (statement.all(parameters) as unknown[][]).map((values) => toRow(values) as Row);
    statement.run(parameters);
    return [];
  }

  async get<Row>(query: Runnable<Row>): Promise<Row | undefined> {
    const { sql, parameters } = query.compile(this.q);
    const { statement, toRow } = this.prepare(sql, parameters);
    const values = statement.get(parameters) as unknown[] | undefined;
    return values && (toRow?.(values) as Row);
  }

  async run(query: Runnable<unknown>): Promise<number> {
    const { sql, parameters }: CompiledQuery = query.compile(this.q);
    return this.prepare(sql, parameters).statement.run(parameters).changes;
  }
}

/**
 * Reads see committed rows. They run on the writing connection, whose cache holds what was just written, and only while a
 * transaction is open there on the other one, which forgets its cache at every commit.
 *
 * Reads of one turn of the event loop share a snapshot: taking and dropping file locks for each costs as much as the read
 * itself. It ends with the turn, and before that with a commit, so that whoever was answered sees its own write.
 */
class SqliteReader extends SqliteSql {
  readonly #connections: { writer: Connection; reader: Connection };
  #snapshot: Connection | undefined;

  constructor(connections: { writer: Connection; reader: Connection }, q: Query, hooks: CommitHooks) {
    super(connections.writer, q, hooks);
    this.#connections = connections;
  }

  protected override prepare(text: string, values: readonly unknown[]): Prepared {
    this.hooks.onStatement?.({ text, values, within: 'read' });
    this.#snapshot ??= this.#openSnapshot();
    const prepared = prepare(this.#snapshot, text);
    if (!prepared.statement.readonly) throw new Error('A query that writes needs a transaction');
    return prepared;
  }

  #openSnapshot(): Connection {
    const { writer, reader } = this.#connections;
    const connection = writer.inTransaction ? reader : writer;
    connection.exec('begin');
    setImmediate(() => this.endSnapshot());
    return connection;
  }

  /** Called before a transaction and after its commit as well. */
  endSnapshot(): void {
    // A fault of the disk ends it by itself.
    if (this.#snapshot?.inTransaction) this.#snapshot.exec('commit');
    this.#snapshot = undefined;
  }
}

class SqliteTx extends SqliteSql implements Tx {
  readonly commitWork: (() => void)[] = [];
  readonly emissions: LogEntry[] = [];
  readonly unanswered: Promise<unknown>[] = [];
  writes = 0;
  /** Who has not heard of its end must not write into what comes next. */
  isOver = false;

  /** What a refusal may not leave behind: rows, events, and work for after the commit. */
  get traces(): number {
    return this.writes + this.emissions.length + this.commitWork.length;
  }

  protected override prepare(text: string, values: readonly unknown[] = []): Prepared {
    if (this.isOver) throw new Error('The transaction is over');
    // A fault of the disk has ended it, and what follows would be committed one by one.
    if (!this.connection.inTransaction) throw new DatabaseFailed(new Error('the transaction was lost'));
    const prepared = super.prepare(text, values);
    if (!prepared.statement.readonly) this.writes++;
    return prepared;
  }

  async insertMany<T extends TableName>(table: T, rows: readonly Partial<Tables[T]>[]): Promise<void> {
    if (!rows.length) return;
    const columns = Object.keys(rows[0] as object);
    const insert = this.prepare(
      `insert into "${table}" (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`,
    );
    insert.toValues ??= makeToValues(columns);
    for (const row of rows) insert.statement.run(insert.toValues(row));
  }

  async updateMany<T extends TableName>(
    table: T,
    rows: readonly Partial<Tables[T]>[],
    columns: readonly string[],
  ): Promise<void> {
    if (!rows.length) return;
    const update = this.prepare(
      `update "${table}" set ${columns.map((column) => `${column} = ?`).join(', ')} where id = +?`,
    );
    update.toValues ??= makeToValues([...columns, 'id']);
    for (const row of rows) update.statement.run(update.toValues(row));
  }

  async nextIds(table: TableName, count: number): Promise<number[]> {
    const { statement } = this.prepare(
      'insert into sequences (name, value) values (?, ?) on conflict (name) do update set value = value + excluded.value returning value',
    );
    const [value] = statement.get([table, count]) as [number];
    return Array.from({ length: count }, (_, index) => value - count + 1 + index);
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
