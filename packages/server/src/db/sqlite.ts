/** SQLite: one writing connection behind one lane, one reading connection that sees committed rows only. */
import Database from 'better-sqlite3';
import {
  type CompiledQuery,
  DummyDriver,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { CommitHooks, Db, Emission, Query, Runnable, Sql, TableName, Tx } from './db.ts';
import { openLane } from './lane.ts';
import { single } from './single.ts';
import type { Tables } from './tables.ts';

type Connection = Database.Database;

/** Opens the file at `path`. Both connections wait up to 10 s for a writer in another process (the CLI). */
export function openSqlite(path: string, hooks: CommitHooks): Db {
  const writer = connect(path);
  const reader = connect(path);
  reader.pragma('query_only = on');
  const q = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });
  const read = new SqliteReader(reader, q);
  const lane = openLane(
    async (body) => {
      const tx = new SqliteTx(writer, q);
      writer.exec('begin immediate');
      try {
        await body(tx);
        await hooks.beforeCommit(tx);
        writer.exec('commit');
      } catch (error) {
        if (writer.inTransaction) writer.exec('rollback');
        throw error;
      }
      read.endSnapshot();
      for (const work of tx.commitWork) work();
    },
    (tx) => (tx as SqliteTx).traces,
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
    close: async () => {
      await lane.idle();
      read.endSnapshot();
      reader.close();
      writer.close();
    },
  };
}

function connect(path: string): Connection {
  const connection = new Database(path, { timeout: 10_000 });
  connection.pragma('journal_mode = wal');
  connection.pragma('synchronous = full');
  connection.pragma('foreign_keys = on');
  connection.pragma('cache_size = -16000');
  connection.pragma('temp_store = memory');
  return connection;
}

const statementsOf = new WeakMap<Connection, Map<string, Database.Statement>>();

/** Prepared statements, kept by their text; the oldest is dropped past 500. */
function prepare(connection: Connection, text: string): Database.Statement {
  let known = statementsOf.get(connection);
  if (!known) {
    known = new Map();
    statementsOf.set(connection, known);
  }
  let prepared = known.get(text);
  if (!prepared) {
    prepared = connection.prepare(text);
    known.set(text, prepared);
    if (known.size > 500) known.delete(known.keys().next().value as string);
  }
  return prepared;
}

class SqliteSql implements Sql {
  readonly dialect = 'sqlite';
  readonly q: Query;
  protected readonly connection: Connection;

  constructor(connection: Connection, q: Query) {
    this.connection = connection;
    this.q = q;
  }

  async all<Row>(query: Runnable<Row>): Promise<Row[]> {
    const { sql, parameters } = query.compile(this.q);
    const prepared = prepare(this.connection, sql);
    if (prepared.reader) return prepared.all(parameters) as Row[];
    prepared.run(parameters);
    return [];
  }

  async get<Row>(query: Runnable<Row>): Promise<Row | undefined> {
    const { sql, parameters } = query.compile(this.q);
    return prepare(this.connection, sql).get(parameters) as Row | undefined;
  }

  async run(query: Runnable<unknown>): Promise<number> {
    const { sql, parameters }: CompiledQuery = query.compile(this.q);
    return prepare(this.connection, sql).run(parameters).changes;
  }
}

/**
 * Reads of one turn of the event loop share a snapshot: taking and dropping file locks for each costs as much as the
 * read itself. It ends with the turn, and before that with a commit, so that whoever was answered sees its own write.
 */
class SqliteReader extends SqliteSql {
  private isOpen = false;

  override all<Row>(query: Runnable<Row>): Promise<Row[]> {
    this.openSnapshot();
    return super.all(query);
  }

  override get<Row>(query: Runnable<Row>): Promise<Row | undefined> {
    this.openSnapshot();
    return super.get(query);
  }

  private openSnapshot(): void {
    if (this.isOpen) return;
    this.connection.exec('begin');
    this.isOpen = true;
    setImmediate(() => this.endSnapshot());
  }

  endSnapshot(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.connection.exec('commit');
  }
}

class SqliteTx extends SqliteSql implements Tx {
  readonly commitWork: (() => void)[] = [];
  readonly emissions: Emission[] = [];
  writes = 0;

  /** What a refusal may not leave behind: rows, events, and work for after the commit. */
  get traces(): number {
    return this.writes + this.emissions.length + this.commitWork.length;
  }

  override async all<Row>(query: Runnable<Row>): Promise<Row[]> {
    const { sql, parameters } = query.compile(this.q);
    const prepared = prepare(this.connection, sql);
    if (!prepared.readonly) this.writes++;
    if (prepared.reader) return prepared.all(parameters) as Row[];
    prepared.run(parameters);
    return [];
  }

  override async get<Row>(query: Runnable<Row>): Promise<Row | undefined> {
    const { sql, parameters } = query.compile(this.q);
    const prepared = prepare(this.connection, sql);
    if (!prepared.readonly) this.writes++;
    return prepared.get(parameters) as Row | undefined;
  }

  override run(query: Runnable<unknown>): Promise<number> {
    this.writes++;
    return super.run(query);
  }

  async insertMany<T extends TableName>(table: T, rows: readonly Partial<Tables[T]>[]): Promise<void> {
    if (!rows.length) return;
    this.writes++;
    const columns = Object.keys(rows[0] as object);
    const insert = prepare(
      this.connection,
      `insert into "${table}" (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`,
    );
    for (const row of rows) insert.run(columns.map((column) => row[column as keyof typeof row] ?? null));
  }

  async updateMany<T extends TableName>(
    table: T,
    rows: readonly Partial<Tables[T]>[],
    columns: readonly string[],
  ): Promise<void> {
    if (!rows.length) return;
    this.writes++;
    const update = prepare(
      this.connection,
      `update "${table}" set ${columns.map((column) => `${column} = ?`).join(', ')} where id = ?`,
    );
    for (const row of rows as readonly Record<string, unknown>[])
      update.run([...columns.map((column) => row[column] ?? null), row.id]);
  }

  async nextIds(table: TableName, count: number): Promise<number[]> {
    this.writes++;
    const { value } = prepare(
      this.connection,
      'insert into sequences (name, value) values (?, ?) on conflict (name) do update set value = value + excluded.value returning value',
    ).get([table, count]) as { value: number };
    return Array.from({ length: count }, (_, index) => value - count + 1 + index);
  }

  afterCommit(work: () => void): void {
    this.commitWork.push(work);
  }
}
