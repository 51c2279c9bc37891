/**
 * One connection to PostgreSQL whose statements travel together: what is asked in one turn goes out as one packet with one
 * Sync behind it, and comes back as one (PostgreSQL, "Extended Query", Pipelining). The driver alone sends, awaits and
 * describes each statement by itself; every way between two processes costs more than most statements do.
 *
 * Prepared statements are plans, not rows: the server makes a plan anew when a table changes. Where the columns of an answer
 * have changed it refuses the plan, and the statement is parsed again the next time.
 */
import pg from 'pg';
import { makeToRow } from './row-functions.ts';

export interface QueryResult {
  rows: unknown[];
  /** What the server calls what it did: `INSERT 0 3`, `COMMIT`. */
  command: string;
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

/** Statements that a connection has prepared, by their text, with what makes their rows once it has described them. */
type Prepared = Map<string, ToRow | undefined>;

export class SqlPipeline {
  readonly #client: pg.ClientBase;
  readonly #prepared: Prepared = new Map();
  #waiting: Statement[] = [];
  /** A flight is on its way, or will be at the end of this turn. */
  #isBusy = false;

  constructor(client: pg.ClientBase) {
    this.#client = client;
  }

  /**
   * Asks for `text` behind everything asked before. Where one statement fails, those that travel with it behind it are not
   * executed and fail with the same error.
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
    if (this.#isBusy) this.#client.query(new RoundTrip(statements, this.#prepared, () => this.#landed()));
  }

  /** Whoever was answered asks what comes next before the other statements are sent. */
  #landed(): void {
    process.nextTick(() => this.#send());
  }
}

/** As the driver's own `Query`, of several statements. */
class RoundTrip implements pg.Submittable {
  readonly #statements: readonly Statement[];
  readonly #prepared: Prepared;
  /** Called by the driver's rules: it wraps this to stop its timer. */
  callback: () => void;
  #place = 0;

  constructor(statements: readonly Statement[], prepared: Prepared, landed: () => void) {
    this.#statements = statements;
    this.#prepared = prepared;
    this.callback = landed;
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
      // One of this name stands there already when something failed behind its first parsing.
      if (name) connection.close({ type: 'S', name }, true);
      connection.parse({ text, name, types: [] }, true);
      connection.describe({ type: 'S', name }, true);
      if (name) this.#prepared.set(text, undefined);
    }
    connection.bind({ statement: name, values }, true);
    connection.execute(null, true);
  }

  handleRowDescription({ fields }: { fields: readonly pg.FieldDef[] }): void {
    const statement = this.#statements[this.#place];
    if (!statement) return;
    statement.toRow = toRowOf(fields);
    if (this.#prepared.has(statement.text)) this.#prepared.set(statement.text, statement.toRow);
  }

  handleDataRow({ fields }: { fields: readonly unknown[] }): void {
    const statement = this.#statements[this.#place];
    if (!statement) return;
    statement.toRow ??= this.#prepared.get(statement.text);
    statement.rows.push(statement.toRow?.(fields));
  }

  handleCommandComplete({ text }: { text: string }): void {
    const statement = this.#statements[this.#place++];
    statement?.resolve({ rows: statement.rows, command: text });
  }

  handleError(error: Error): void {
    for (const { text, reject } of this.#statements.slice(this.#place)) {
      this.#prepared.delete(text);
      reject(error);
    }
    this.#place = this.#statements.length;
    this.callback();
  }

  handleReadyForQuery(): void {
    this.callback();
  }
}

/** Texts of statements that came first, which are those that come again, by the names that connections keep their plans under. */
const names = new Map<string, string>();
const mostNames = 500;

/** Empty for a statement that is prepared for this time only. */
function nameOf(text: string): string {
  let name = names.get(text);
  if (!name && names.size < mostNames) {
    name = `s${names.size}`;
    names.set(text, name);
  }
  return name ?? '';
}

const { INT8, NUMERIC, TEXT, VARCHAR } = pg.types.builtins;

/** Integers come as numbers: every id and millisecond fits into 53 bits. */
const readerOf = (type: number) => {
  if (type === TEXT || type === VARCHAR) return undefined;
  return type === INT8 || type === NUMERIC ? Number : pg.types.getTypeParser(type, 'text');
};

const toRowOf = (fields: readonly pg.FieldDef[]): ToRow =>
  makeToRow(
    fields.map(({ name }) => name),
    fields.map(({ dataTypeID }) => readerOf(dataTypeID)),
  );

/** A value as PostgreSQL reads it. */
function toText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return Array.isArray(value) ? `{${value.map(toElement).join()}}` : String(value);
}

const special = /["\\]/;

function toElement(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (value === null || value === undefined) return 'null';
  const text = String(value);
  return `"${special.test(text) ? text.replaceAll(/["\\]/g, '\\$&') : text}"`;
}
