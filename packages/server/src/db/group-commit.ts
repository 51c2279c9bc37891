/**
 * Group commit: while a transaction runs, arriving jobs wait; when it ends, all waiting jobs become the next batch, which is
 * one transaction with one fsync. No timer delays a commit, so an idle server adds no latency. Callers are answered after
 * their commit. The transaction itself is the database's (`sqlite/`, `postgres/`).
 */
import { Refusal } from '../errors.ts';
import { DatabaseFailed, isStalePlan } from './database-failed.ts';
import type { BatchVerb, CommitHooks, Outcome, Scope, Tx } from './db.ts';
import { isConflict } from './dialect.ts';
import { runSideBySide, type TransactionPart } from './side-by-side.ts';
import type { Transaction } from './transaction.ts';
import { type ScopedJob, toWaves } from './waves.ts';

/** Runs `body` in one transaction and commits it; rolls back and throws when it throws. */
export type Transact = (body: (tx: Transaction) => Promise<void>) => Promise<void>;

export interface GroupCommitOptions {
  hooks: Pick<CommitHooks, 'onBatch' | 'onBatchEnd'>;
  /**
   * Keeps two batches of about equal size, where the database is another process: one is answered, and the next requests
   * of its clients are read, while the database writes the other.
   */
  twoBatches?: boolean;
}

/** A larger batch would delay its first callers; the throughput is flat from 64 jobs up on both databases. */
const maxBatchSize = 256;
/** With two batches, callers wait at most this long for the next batch to be sent before they are answered. */
const maxReplyDelayMs = 5;
/** With fewer waiting callers there is one batch: a second commit would cost more than it saves. */
const minCallersForTwo = 16;
/**
 * How often a job runs that finds a unique value taken, or whose deadlock PostgreSQL has broken: another writer committed
 * after the job had looked, so the next run sees that row and decides by it. A contact with its session has four unique
 * values; the fifth run finds all of them.
 */
const maxRuns = 5;

/** Declared with methods, so that jobs of every type share one queue. */
interface Job<In, Out> extends ScopedJob {
  /** Jobs with the same verb that may run side by side are run together. */
  verb(tx: Tx, batch: readonly In[]): Promise<Outcome<Out>[]>;
  input: In;
  /** When the job arrived, by `performance.now()`. */
  addedAtMs: number;
  outcome?: Outcome<Out> | undefined;
  settle(outcome: Outcome<Out>): void;
}

type AnyJob = Job<unknown, unknown>;

export class GroupCommit {
  readonly #transact: Transact;
  readonly #options: GroupCommitOptions;
  readonly #waiting: AnyJob[] = [];
  #running: Promise<void> | undefined;
  /** The last committed batch, while its callers are not answered yet. */
  #committed: readonly AnyJob[] = [];

  constructor(transact: Transact, options: GroupCommitOptions) {
    this.#transact = transact;
    this.#options = options;
  }

  /** Runs `work` in the next batch, as `Db.write`. */
  write<Out>(work: (tx: Tx) => Promise<Out>, scope?: Scope): Promise<Out> {
    return this.writeMany(async (tx) => [{ answer: await work(tx) }], undefined, scope);
  }

  /** Runs `verb` in the next batch with all waiting inputs of it, as `Db.writeMany`. */
  writeMany<In, Out>(verb: BatchVerb<In, Out>, input: In, scope?: Scope): Promise<Out> {
    return new Promise<Out>((resolve, reject) => {
      const settle = (outcome: Outcome<Out>) =>
        'refusal' in outcome ? reject(outcome.refusal) : resolve(outcome.answer);
      const job: Job<In, Out> = { verb, input, scope, addedAtMs: performance.now(), settle };
      this.#waiting.push(job);
      this.#running ??= this.#allArrived().then(() => this.#drain());
    });
  }

  /** Resolves when no job runs or waits. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #drain(): Promise<void> {
    const { twoBatches = false } = this.#options;
    let lastSize = 0;
    while (this.#waiting.length) {
      const batch = this.#waiting.splice(0, this.#nextSize(lastSize));
      lastSize = batch.length;
      await this.#runMeasured(batch);
      this.#answer();
      this.#committed = batch;
      if (twoBatches && this.#waiting.length)
        setTimeout(() => this.#committed === batch && this.#answer(), maxReplyDelayMs);
      else this.#answer();
      if (!twoBatches && this.#waiting.length) await this.#allArrived();
    }
    this.#running = undefined;
  }

  /** With two batches, the callers of the last batch and those that wait are divided in halves. */
  #nextSize(lastSize: number): number {
    const waiting = this.#waiting.length;
    if (!this.#options.twoBatches || waiting <= minCallersForTwo) return maxBatchSize;
    return Math.min(maxBatchSize, Math.ceil((lastSize + waiting) / 2));
  }

  /**
   * Resolves when a turn of the event loop has brought no further job, so that requests which arrive together share one
   * commit: clients that are answered together send their next requests one shortly after the other. Without it a posted message
   * (B1) cost SQLite's server five times as much.
   */
  async #allArrived(): Promise<void> {
    for (let before = -1; before < this.#waiting.length && this.#waiting.length < maxBatchSize; ) {
      before = this.#waiting.length;
      await eventLoopTurn();
    }
  }

  #answer(): void {
    const batch = this.#committed;
    this.#committed = [];
    for (const job of batch) if (job.outcome) job.settle(job.outcome);
  }

  async #runMeasured(batch: readonly AnyJob[]): Promise<void> {
    const [first] = batch;
    const { hooks } = this.#options;
    const startedAtMs = performance.now();
    if (first) hooks.onBatch?.(batch.length, startedAtMs - first.addedAtMs);
    await this.#runBatch(batch);
    hooks.onBatchEnd?.(performance.now() - startedAtMs);
  }

  async #runBatch(batch: readonly AnyJob[], run = 1): Promise<void> {
    try {
      await this.#transact((tx) => this.#runJobs(tx, batch));
    } catch (error) {
      // Do not retry after the database failed: it would fail again, or write twice after a lost commit reply.
      if (error instanceof DatabaseFailed) fail(batch, error);
      else if (batch.length > 1) for (const job of batch) await this.#runBatch([job]);
      else if ((isConflict(error) || isStalePlan(error)) && run < maxRuns)
        await this.#runBatch(batch, run + 1);
      else fail(batch, error);
    }
  }

  async #runJobs(tx: Transaction, batch: readonly AnyJob[]): Promise<void> {
    for (const wave of toWaves(batch)) {
      const [group] = wave;
      if (batch.length === 1 && group) await runGroup(tx, group);
      else await runWave(tx, wave);
    }
    // Answer the last batch after the event loop has sent this one's writes.
    setImmediate(() => this.#answer());
  }
}

const eventLoopTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

const fail = (batch: readonly AnyJob[], error: unknown): void => {
  for (const job of batch) job.outcome = { refusal: toError(error) };
};

const toError = (error: unknown): Error => (error instanceof Error ? error : new Error(`${error}`));

/** Runs groups of jobs side by side; a single group needs no part of its own. */
async function runWave(tx: Transaction, wave: readonly (readonly AnyJob[])[]): Promise<void> {
  const [only] = wave;
  if (only && wave.length === 1) return only.length > 1 ? runGroup(tx, only) : runIsolated(tx, only);
  await runSideBySide(
    tx,
    wave.map((group) => (part) => (group.length > 1 ? runGroup(part, group) : runIsolated(part, group))),
  );
}

async function runGroup(tx: Tx, group: readonly AnyJob[]): Promise<void> {
  const [first] = group;
  const outcomes = await first?.verb(
    tx,
    group.map(({ input }) => input),
  );
  for (const [index, job] of group.entries()) job.outcome = outcomes?.[index];
}

/** Runs a single job of a batch: when it refuses without side effects, it fails alone and the batch goes on. */
async function runIsolated(tx: TransactionPart, group: readonly AnyJob[]): Promise<void> {
  const before = tx.sideEffects;
  try {
    await runGroup(tx, group);
  } catch (error) {
    // PostgreSQL aborts the transaction of a failed statement; a refusal comes from a rule, not from a statement.
    if (tx.sideEffects !== before || (tx.dialect === 'postgres' && !(error instanceof Refusal))) throw error;
    fail(group, error);
  }
}
