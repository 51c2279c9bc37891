/**
 * The write lane: while a commit runs, arriving work waits; when it ends, everything that waits becomes the next batch,
 * one transaction and one fsync. No timer delays a commit: an idle server adds no latency. Callers are answered after it.
 */

import { DatabaseFailed } from './database-failed.ts';
import type { BatchVerb, Outcome, Tx } from './db.ts';
import { isConflict } from './dialect.ts';

/** Runs `body` in one transaction and commits it; rolls back and throws when it throws. */
export type Transact = (body: (tx: Tx) => Promise<void>) => Promise<void>;

/** More would make one slow batch out of many fast ones; measured flat from 64 up on both databases. */
const maxBatchSize = 256;
/**
 * In halves, the callers of a batch are answered while the database writes the next one, which would wait for this process
 * otherwise; after this many milliseconds at the latest.
 */
const maxReplyDelayMs = 5;
/**
 * How often a job runs that finds a unique value taken: another writer committed it after the job had looked, so the next
 * run sees that row and decides by it. One run for each unique value of a contact with its session, and one that finds all
 * of them. A job whose deadlock PostgreSQL has broken runs as often.
 */
const maxRuns = 5;
/** Fewer are not parted: a batch of its own for each half would cost more than it saves. */
const minCallersForTwo = 16;

interface Job {
  /** Inputs of one verb are run together; a single work is its own verb. */
  verb: BatchVerb<unknown, unknown>;
  input: unknown;
  /** When it came, by `performance.now()`. */
  since: number;
  outcome?: Outcome<unknown>;
  settle(outcome: Outcome<unknown>): void;
}

export interface GroupCommit {
  add<In, Out>(verb: BatchVerb<In, Out>, input: In): Promise<Out>;
  /** Resolves when nothing runs or waits. */
  idle(): Promise<void>;
}

/** What a batch tells of itself before it runs: its works, and the milliseconds for which the first of them waited. */
export type MeasureBatch = (size: number, waited: number) => void;

export interface GroupCommitOptions {
  onBatch?: MeasureBatch | undefined;
  /**
   * A batch takes half of the callers, where the database is another process: it works for one half while this one answers
   * the other and reads what they ask next.
   */
  twoBatches?: boolean;
}

/** Opens a lane over one writing connection. `tracesOf` counts what a transaction would leave behind. */
export function openGroupCommit(
  transact: Transact,
  sideEffectsOf: (tx: Tx) => number,
  { onBatch, twoBatches = false }: GroupCommitOptions = {},
): GroupCommit {
  const waiting: Job[] = [];
  let running: Promise<void> | undefined;
  /** A batch that is done, and whose callers wait until the next one is on its way. */
  let committed: readonly Job[] = [];

  async function drain(): Promise<void> {
    let before = 0;
    while (waiting.length) {
      const batch = waiting.splice(0, sizeAfter(before));
      before = batch.length;
      onBatch?.(batch.length, performance.now() - (batch[0] as Job).since);
      await runBatch(batch);
      answer();
      committed = batch;
      if (twoBatches && waiting.length) setTimeout(() => committed === batch && answer(), maxReplyDelayMs);
      else answer();
      if (waiting.length && !twoBatches) await allInput();
    }
    running = undefined;
  }

  function answer(): void {
    const batch = committed;
    committed = [];
    for (const job of batch) if (job.outcome) job.settle(job.outcome);
  }

  /** In halves, those who were just answered and those who wait are the callers to part. */
  function sizeAfter(before: number): number {
    if (!twoBatches || waiting.length <= minCallersForTwo) return maxBatchSize;
    return Math.min(maxBatchSize, Math.ceil((before + waiting.length) / 2));
  }

  /**
   * Resolves when a turn of the event loop has brought nothing more, so that requests which arrive together share one
   * commit: answered together, clients come back one shortly after the other.
   */
  async function allInput(): Promise<void> {
    for (let seen = -1; seen < waiting.length && waiting.length < maxBatchSize; ) {
      seen = waiting.length;
      await eventLoopTurn();
    }
  }

  async function runBatch(batch: Job[], run = 1): Promise<void> {
    try {
      await transact((tx) => runJobs(tx, batch));
    } catch (error) {
      // Do not retry after the database failed: it would fail again, or write twice after a lost commit reply.
      if (error instanceof DatabaseFailed) fail(batch, error);
      else if (batch.length > 1) for (const job of batch) await runBatch([job]);
      else if (isConflict(error) && run < maxRuns) await runBatch(batch, run + 1);
      else fail(batch, error);
    }
  }

  function fail(batch: readonly Job[], error: unknown): void {
    for (const job of batch) job.outcome = { refusal: error as Error };
  }

  /** Groups neighbours of one verb; a job that refuses before it has left a trace fails alone. */
  async function runJobs(tx: Tx, batch: Job[]): Promise<void> {
    for (let start = 0; start < batch.length; ) {
      let end = start + 1;
      const verb = (batch[start] as Job).verb;
      while (end < batch.length && batch[end]?.verb === verb) end++;
      const group = batch.slice(start, end);
      const before = sideEffectsOf(tx);
      try {
        const outcomes = await verb(
          tx,
          group.map((job) => job.input),
        );
        group.forEach((job, index) => {
          job.outcome = outcomes[index] as Outcome<unknown>;
        });
      } catch (error) {
        if (
          group.length > 1 ||
          batch.length === 1 ||
          sideEffectsOf(tx) !== before ||
          (tx.dialect === 'postgres' && !isRefusal(error))
        )
          throw error;
        (group[0] as Job).outcome = { refusal: error as Error };
      }
      start = end;
    }
    // Behind the turn in which the writes are sent.
    setImmediate(answer);
  }

  return {
    add: <In, Out>(verb: BatchVerb<In, Out>, input: In) =>
      new Promise<Out>((resolve, reject) => {
        waiting.push({
          verb: verb as BatchVerb<unknown, unknown>,
          input,
          since: performance.now(),
          settle: (outcome) =>
            'refusal' in outcome ? reject(outcome.refusal) : resolve(outcome.answer as Out),
        });
        running ??= allInput().then(drain);
      }),
    idle: async () => {
      while (running) await running;
    },
  };
}

/**
 * Resolves when the event loop has read the requests that are there. On SQLite a commit holds the loop: what arrived
 * meanwhile is read all at once, before this.
 */
const eventLoopTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A failed statement aborts a PostgreSQL transaction; a refusal thrown by a rule does not. */
const isRefusal = (error: unknown) => (error as { name?: string }).name === 'Refusal';
