/**
 * Pipelining on one connection to PostgreSQL: all queries of one turn of the event loop are sent as one packet with one Sync,
 * and answered with one (PostgreSQL, "Extended Query", Pipelining). The driver alone sends, awaits and describes each
 * statement by itself; a round trip between two processes costs more than most statements do.
 * With one statement a packet, a posted message (B2) costs the server a quarter more processor time.
 *
 * A prepared statement is a plan, without rows: the server plans it again when a table changes. When the columns of its result
 * have changed, the server refuses the plan (`isStalePlan`), and all statements are parsed again at their next execution: others of
 * the same table would be refused one after another.
 */
import pg from 'pg';
import { isStalePlan } from '../database-failed.ts';
import { makeToRow } from '../row-functions.ts';

export interface QueryResult {
  rows: unknown[];
  /** The server's tag of the command: `INSERT 0 3`, `COMMIT`. */
  command: string;
  /** Rows that the statement inserted, updated, deleted or selected. */
  changes: number;
}

interface Statement {
  text: string;
  values: (string | null)[];
  rows: unknown[];
  toRow?: ToRow | undefined;
  resolve(answer: QueryResult): void;
  reject(error: unknown): void;
}

type ToRow = ReturnType<typeof makeToRow>;

/** Statements that a connection has prepared, by their text, with their row function once the server has described them. */
type Prepared = Map<string, ToRow | undefined>;

export class SqlPipeline {
  readonly #client: pg.ClientBase;
  readonly #prepared: Prepared = new Map();
  #waiting: Statement[] = [];
  #roundTrips = 0;
  /** A packet was sent and is not answered, or will be sent at the end of this turn. */
  #isBusy = false;

  constructor(client: pg.ClientBase) {
    this.#client = client;
  }

  /** Packets that were sent on this connection. */
  get roundTrips(): number {
    return this.#roundTrips;
  }

  /**
   * Runs `text` after all earlier queries. When a statement fails, the later statements of its packet are not executed and
   * reject with the same error.
   */
  query(text: string, values: readonly unknown[] = []): Promise<QueryResult> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ text, values: values.map(toText), rows: [], resolve, reject });
      if (this.#isBusy) return;
      this.#isBusy = true;
      process.nextTick(() => this.#send());
    });
  }

  #send(): void {
    const statements = this.#waiting;
    this.#waiting = [];
    this.#isBusy = statements.length > 0;
    if (!this.#isBusy) return;
    this.#roundTrips++;
    this.#client.query(new RoundTrip(statements, this.#prepared, () => this.#onReady()));
  }

  /** Waits a tick, so that the callers that were just answered add their next queries to the packet. */
  #onReady(): void {
    process.nextTick(() => this.#send());
  }
}

/** One packet of statements and its answer, in place of the driver's own `Query` of one statement. */
class RoundTrip implements pg.Submittable {
  readonly #statements: readonly Statement[];
  readonly #prepared: Prepared;
  /** Called when the answer is complete. The driver wraps it to stop its timer. */
  callback: () => void;
  /** Index of the statement whose answer is being received. */
  #current = 0;

  constructor(statements: readonly Statement[], prepared: Prepared, onReady: () => void) {
    this.#statements = statements;
    this.#prepared = prepared;
    this.callback = onReady;
  }

  submit(connection: pg.Connection): void {
    connection.stream.cork();
    for (const statement of this.#statements) this.#submitOne(connection, statement);
    connection.sync();
    connection.stream.uncork();
  }

  #submitOne(connection: pg.Connection, { text, values }: Statement): void {
    const name = nameOf(text);
    if (!name || !this.#prepared.has(text)) {
      // After a failure in the packet that first parsed it, the server has a statement of this name.
      if (name) connection.close({ type: 'S', name }, true);
      connection.parse({ text, name, types: [] }, true);
      connection.describe({ type: 'S', name }, true);
      if (name) this.#prepared.set(text, undefined);
    }
    connection.bind({ statement: name, values }, true);
    connection.execute(null, true);
  }

  handleRowDescription({ fields }: { fields: readonly pg.FieldDef[] }): void {
    const statement = this.#statements[this.#current];
    if (!statement) return;
    statement.toRow = toRowOf(fields);
    if (this.#prepared.has(statement.text)) this.#prepared.set(statement.text, statement.toRow);
  }

  handleDataRow({ fields }: { fields: readonly unknown[] }): void {
    const statement = this.#statements[this.#current];
    if (!statement) return;
    statement.toRow ??= this.#prepared.get(statement.text);
    statement.rows.push(statement.toRow?.(fields));
  }

  handleCommandComplete({ text }: { text: string }): void {
    const statement = this.#statements[this.#current++];
    statement?.resolve({ rows: statement.rows, command: text, changes: Number(/\d+$/.exec(text)?.[0] ?? 0) });
  }

  handleError(error: Error): void {
    if (isStalePlan(error)) this.#prepared.clear();
    for (const { text, reject } of this.#statements.slice(this.#current)) {
      this.#prepared.delete(text);
      reject(error);
    }
    this.#current = this.#statements.length;
    this.callback();
  }

  handleReadyForQuery(): void {
    this.callback();
  }
}

/** Names of prepared statements, by text. The first statements are the ones that repeat; later ones get no name. */
const names = new Map<string, string>();
const maxNames = 500;

/** @returns an empty name for a statement that is prepared for one execution */
function nameOf(text: string): string {
  let name = names.get(text);
  if (!name && names.size < maxNames) {
    name = `s${names.size}`;
    names.set(text, name);
  }
  return name ?? '';
}

const { INT8, NUMERIC, TEXT, VARCHAR } = pg.types.builtins;

/** Reads integers as numbers: every id and millisecond fits into 53 bits. */
const readerOf = (type: number) => {
  if (type === TEXT || type === VARCHAR) return undefined;
  return type === INT8 || type === NUMERIC ? Number : pg.types.getTypeParser(type, 'text');
};

const toRowOf = (fields: readonly pg.FieldDef[]): ToRow =>
  makeToRow(
    fields.map(({ name }) => name),
    fields.map(({ dataTypeID }) => readerOf(dataTypeID)),
  );

/** A parameter in PostgreSQL's text format. */
function toText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`;
  return Array.isArray(value) ? `{${value.map(toElement).join()}}` : String(value);
}

const special = /["\\]/;

function toElement(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (value === null || value === undefined) return 'null';
  const text = String(value);
  return `"${special.test(text) ? text.replaceAll(/["\\]/g, '\\$&') : text}"`;
}
