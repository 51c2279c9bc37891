/**
 * Runs several jobs of a group commit side by side in one transaction, so that a batch takes as many round trips as its longest
 * job and not as many as all of them together. Each job has a part of the transaction. Steps that all jobs share (`Tx.gather`)
 * wait until every job waits in such a step or has ended, and then run once for all.
 */
import { DatabaseFailed } from './database-failed.ts';
import type { BatchVerb, LogEntry, Outcome, Query, Runnable, TableName, Tx } from './db.ts';
import type { Tables } from './tables.ts';
import type { Transaction } from './transaction.ts';

/** A job's part of a transaction: the same statements, with side effects that are counted for this job alone. */
export interface TransactionPart extends Tx {
  readonly sideEffects: number;
}

/**
 * Runs all jobs to their end, each with its part of `tx`; they must not conflict.
 * @throws what a job or a common step has thrown, once all have ended; the transaction must then be rolled back
 */
export async function runSideBySide(
  tx: Transaction,
  jobs: readonly ((part: TransactionPart) => Promise<void>)[],
): Promise<void> {
  const errors: unknown[] = [];
  const meeting = new Meeting(tx, jobs.length, (error) => errors.push(error));
  await Promise.all(
    jobs.map(async (job) => {
      const part = new Part(tx, meeting);
      await job(part).catch((error) => errors.push(error));
      part.end();
      meeting.leave();
    }),
  );
  if (errors.length) throw errors.find((error) => error instanceof DatabaseFailed) ?? errors[0];
}

/** Declared with methods, so that steps of every type share one map. */
interface Gathered<In, Out> {
  part: Part;
  input: In;
  resolve(answer: Out): void;
  reject(error: unknown): void;
}

interface Step<In, Out> {
  verb(tx: Tx, inputs: readonly In[]): Promise<Outcome<Out>[]>;
  gathered: Gathered<In, Out>[];
}

/** Collects the common steps of jobs that run side by side. */
class Meeting {
  readonly #tx: Transaction;
  readonly #onError: (error: unknown) => void;
  /** Jobs that have not ended. */
  #present: number;
  /** Jobs among them that wait in a step. */
  #waiting = 0;
  #running = 0;
  #steps = new Map<object, Step<unknown, unknown>>();

  constructor(tx: Transaction, size: number, onError: (error: unknown) => void) {
    this.#tx = tx;
    this.#onError = onError;
    this.#present = size;
  }

  gather<In, Out>(part: Part, verb: BatchVerb<In, Out>, input: In): Promise<Out> {
    return new Promise<Out>((resolve, reject) => {
      const one: Gathered<In, Out> = { part, input, resolve, reject };
      const step = this.#steps.get(verb);
      if (step) step.gathered.push(one);
      else {
        const first: Step<In, Out> = { verb, gathered: [one] };
        this.#steps.set(verb, first);
      }
      if (part.steps++ === 0) this.#waiting++;
      this.#runWhenAllWait();
    });
  }

  leave(): void {
    this.#present--;
    this.#runWhenAllWait();
  }

  #runWhenAllWait(): void {
    if (this.#running || this.#waiting < this.#present) return;
    const steps = [...this.#steps.values()];
    this.#steps = new Map();
    this.#running = steps.length;
    for (const step of steps) void this.#run(step);
  }

  async #run<In, Out>({ verb, gathered }: Step<In, Out>): Promise<void> {
    const before = this.#tx.sideEffects;
    const inputs = gathered.map(({ input }) => input);
    const outcomes = await verb(this.#tx, inputs).catch((error: Error) => {
      this.#onError(error);
      return inputs.map((): Outcome<Out> => ({ refusal: error }));
    });
    const hasWritten = this.#tx.sideEffects !== before;
    for (const { part } of gathered) {
      if (hasWritten) part.sharedEffects++;
      if (--part.steps === 0) this.#waiting--;
    }
    this.#running--;
    for (const [index, { resolve, reject }] of gathered.entries()) {
      const outcome = outcomes[index];
      if (!outcome) reject(new Error('A step of several jobs gave too few outcomes'));
      else if ('refusal' in outcome) reject(outcome.refusal);
      else resolve(outcome.answer);
    }
    this.#runWhenAllWait();
  }
}

class Part implements TransactionPart {
  readonly dialect: Tx['dialect'];
  readonly q: Query;
  readonly logEntries: LogEntry[] = [];
  /** Common steps in which the job waits: more than one when it does several things at once. */
  steps = 0;
  /** Common steps in which a job has written, this one or another. */
  sharedEffects = 0;
  readonly #tx: Transaction;
  readonly #meeting: Meeting;
  #ownEffects = 0;

  constructor(tx: Transaction, meeting: Meeting) {
    this.#tx = tx;
    this.#meeting = meeting;
    this.dialect = tx.dialect;
    this.q = tx.q;
  }

  get sideEffects(): number {
    return this.#ownEffects + this.sharedEffects + this.logEntries.length;
  }

  /** Counts what `send` adds to the transaction before it first awaits: the driver gets every statement at once. */
  #counted<Out>(send: () => Out): Out {
    const before = this.#tx.sideEffects;
    const result = send();
    this.#ownEffects += this.#tx.sideEffects - before;
    return result;
  }

  all<Row>(query: Runnable<Row>): Promise<Row[]> {
    return this.#counted(() => this.#tx.all(query));
  }

  get<Row>(query: Runnable<Row>): Promise<Row | undefined> {
    return this.#counted(() => this.#tx.get(query));
  }

  run(query: Runnable<unknown>): Promise<number> {
    return this.#counted(() => this.#tx.run(query));
  }

  insertMany<T extends TableName>(table: T, rows: readonly Partial<Tables[T]>[]): Promise<void> {
    return this.#counted(() => this.#tx.insertMany(table, rows));
  }

  addMany<T extends TableName>(
    table: T,
    rows: readonly Partial<Tables[T]>[],
    keys: readonly (keyof Tables[T] & string)[],
  ): Promise<void> {
    return this.#counted(() => this.#tx.addMany(table, rows, keys));
  }

  updateMany<T extends TableName>(
    table: T,
    rows: readonly (Partial<Tables[T]> & { id: number })[],
    columns: readonly (keyof Tables[T] & string)[],
  ): Promise<void> {
    return this.#counted(() => this.#tx.updateMany(table, rows, columns));
  }

  nextIds(table: TableName, count: number): Promise<number[]> {
    return this.#tx.nextIds(table, count);
  }

  awaitAtCommit(write: Promise<unknown>): void {
    this.#tx.awaitAtCommit(write);
  }

  afterCommit(work: () => void): void {
    this.#counted(() => this.#tx.afterCommit(work));
  }

  /** The job's events so far come before those of the step. */
  gather<In, Out>(verb: BatchVerb<In, Out>, input: In): Promise<Out> {
    this.#publish();
    return this.#meeting.gather(this, verb, input);
  }

  end(): void {
    this.#publish();
  }

  #publish(): void {
    this.#counted(() => this.#tx.logEntries.push(...this.logEntries.splice(0)));
  }
}
