/** A connection to a SQLite file: its settings, and its prepared statements. */
import Database from 'better-sqlite3';
import { makeToRow, makeToValues } from '../row-functions.ts';
import type { Executed } from '../transaction.ts';

export type Connection = Database.Database;

/** How long a connection waits for another process, such as the command line, to release its lock. */
export const lockWaitMs = 10_000;

export function connect(path: string): Connection {
  const connection = new Database(path, { timeout: lockWaitMs });
  connection.pragma('journal_mode = wal');
  connection.pragma('synchronous = full');
  connection.pragma('foreign_keys = on');
  // The checkpointer writes most of the log back before it has grown so far.
  connection.pragma('wal_autocheckpoint = 8000');
  // After a burst the log gives its space back once it begins anew.
  connection.pragma(`journal_size_limit = ${64 * 1024 * 1024}`);
  connection.pragma('temp_store = memory');
  connection.pragma('busy_timeout = 0');
  return connection;
}

export interface PreparedStatement {
  statement: Database.Statement<unknown[], unknown[]>;
  /** Undefined when the statement returns no rows. */
  toRow: ((values: readonly unknown[]) => unknown) | undefined;
  /** From a row to the statement's parameters, when it writes many rows. */
  toValues?: ReturnType<typeof makeToValues>;
}

const maxStatements = 500;
const statementsOf = new WeakMap<Connection, Map<string, PreparedStatement>>();

/** Prepares `text` once per connection; the oldest statement is dropped past `maxStatements`. */
export function prepare(connection: Connection, text: string): PreparedStatement {
  const statements = statementsOf.get(connection) ?? new Map<string, PreparedStatement>();
  statementsOf.set(connection, statements);
  const known = statements.get(text);
  if (known) return known;
  const statement = connection.prepare<unknown[], unknown[]>(text);
  const prepared = {
    statement,
    toRow: statement.reader ? makeToRow(columnsOf(statement.raw(true))) : undefined,
  };
  statements.set(text, prepared);
  const [oldest] = statements.keys();
  if (statements.size > maxStatements && oldest !== undefined) statements.delete(oldest);
  return prepared;
}

const columnsOf = (statement: Database.Statement<unknown[], unknown[]>) =>
  statement.columns().map(({ name }) => name);

export function execute({ statement, toRow }: PreparedStatement, values: readonly unknown[]): Executed {
  if (!toRow) return { rows: [], changes: statement.run(values).changes };
  const rows = statement.all(values).map(toRow);
  return { rows, changes: rows.length };
}

/** Runs a statement that writes for each row; a missing column is null. */
export function writeRows(
  prepared: PreparedStatement,
  columns: readonly string[],
  rows: readonly object[],
): void {
  prepared.toValues ??= makeToValues(columns);
  for (const row of rows) prepared.statement.run(prepared.toValues(row));
}
