/** Common parts of SQLite and PostgreSQL: execution of compiled queries, and the state of an open transaction. */
import type { BatchVerb, CommitHooks, LogEntry, Query, Runnable, Sql, TableName, Tx } from './db.ts';
import type { Tables } from './tables.ts';

export interface Executed {
  rows: readonly unknown[];
  /** Rows that the statement inserted, updated or deleted. */
  changes: number;
}

export abstract class Executor implements Sql {
  abstract readonly dialect: Sql['dialect'];
  readonly q: Query;
  protected readonly hooks: CommitHooks;

  constructor(q: Query, hooks: CommitHooks) {
    this.q = q;
    this.hooks = hooks;
  }

  protected abstract execute(text: string, values: readonly unknown[]): Promise<Executed>;

  async all<Row>(query: Runnable<Row>): Promise<Row[]> {
    const { sql, parameters } = query.compile(this.q);
    return this.rows<Row>(sql, parameters);
  }

  /** The driver cannot know the types of rows: the author of the query states them. */
  protected async rows<Row>(text: string, values: readonly unknown[]): Promise<Row[]> {
    return (await this.execute(text, values)).rows as Row[];
  }

  async get<Row>(query: Runnable<Row>): Promise<Row | undefined> {
    return (await this.all(query))[0];
  }

  async run(query: Runnable<unknown>): Promise<number> {
    const { sql, parameters } = query.compile(this.q);
    return (await this.execute(sql, parameters)).changes;
  }
}

export abstract class Transaction extends Executor implements Tx {
  readonly logEntries: LogEntry[] = [];
  readonly #afterCommit: (() => void)[] = [];
  readonly #untilCommit: Promise<unknown>[] = [];
  /** The error of the first write of `awaitAtCommit` that failed. */
  #writeError: unknown;
  /** Statements that wrote. */
  protected writes = 0;
  #isOver = false;

  abstract insertMany<T extends TableName>(table: T, rows: readonly Partial<Tables[T]>[]): Promise<void>;
  abstract addMany<T extends TableName>(
    table: T,
    rows: readonly Partial<Tables[T]>[],
    keys: readonly (keyof Tables[T] & string)[],
  ): Promise<void>;
  abstract updateMany<T extends TableName>(
    table: T,
    rows: readonly (Partial<Tables[T]> & { id: number })[],
    columns: readonly (keyof Tables[T] & string)[],
  ): Promise<void>;
  abstract nextIds(table: TableName, count: number): Promise<number[]>;

  /** Grows whenever the transaction writes, logs an event, or schedules work for after the commit. */
  get sideEffects(): number {
    return this.writes + this.logEntries.length + this.#afterCommit.length;
  }

  async gather<In, Out>(verb: BatchVerb<In, Out>, input: In): Promise<Out> {
    const [outcome] = await verb(this, [input]);
    if (!outcome) throw new Error('A batch verb gave no outcome');
    if ('refusal' in outcome) throw outcome.refusal;
    return outcome.answer;
  }

  awaitAtCommit(write: Promise<unknown>): void {
    // When an earlier statement fails, the commit is never reached and this promise has no other handler.
    write.catch((error) => {
      this.#writeError ??= error;
    });
    this.#untilCommit.push(write);
  }

  /**
   * Why the transaction fails when `error` was thrown: an earlier write that nobody awaited, since PostgreSQL only refuses the
   * statements after it.
   */
  causeOf(error: unknown): unknown {
    return this.#writeError ?? error;
  }

  afterCommit(work: () => void): void {
    this.#afterCommit.push(work);
  }

  /** Resolves when all writes of `awaitAtCommit` are done, and rejects when one fails. */
  async pendingWrites(): Promise<void> {
    await Promise.all(this.#untilCommit);
  }

  /** Called on commit and on rollback; any later query on this transaction throws. */
  end(): void {
    this.#isOver = true;
  }

  runAfterCommit(): void {
    for (const work of this.#afterCommit) work();
  }

  protected checkOpen(): void {
    if (this.#isOver) throw new Error('The transaction is over');
  }
}

/** The end of an insert into a table named `stored`, for `addMany`. */
export function addOnConflict(columns: readonly string[], keys: readonly string[]): string {
  const added = columns.filter((column) => !keys.includes(column));
  const changes = added.map((column) => `${column} = stored.${column} + excluded.${column}`);
  return `on conflict (${keys.join(', ')}) do update set ${changes.join(', ')}`;
}
