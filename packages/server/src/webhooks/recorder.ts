/**
 * Records finished attempts in batches: while one is written, the attempts that end meanwhile wait for the next. Without batches
 * every delivery would cost two transactions of its own, with a dozen statements.
 */
import type { App } from '../app.ts';
import { DatabaseFailed } from '../db/database-failed.ts';
import type { Scope, Tx } from '../db/db.ts';
import { type DecidedAttempt, decide, type FinishedAttempt, recordAttempts } from './record-attempts.ts';

/** A larger batch would hold up the messages that wait for the next transaction. */
const maxBatchSize = 64;
/** Milliseconds between two tries while the database fails. */
const retryDelayMs = 250;

interface WaitingAttempt {
  attempt: DecidedAttempt;
  resolve(isDelivered: boolean): void;
  reject(error: unknown): void;
}

/** A record changes the queues of its conversations, and the state of endpoints, which every other record may change too. */
const scopeOf = (batch: readonly WaitingAttempt[]): Scope => [
  'webhook_records',
  ...batch.flatMap(({ attempt: { delivery } }) =>
    delivery.conversation_id === null ? [] : `conversation:${delivery.conversation_id}`,
  ),
];

export class Recorder {
  readonly #app: App;
  readonly #waiting: WaitingAttempt[] = [];
  #isWriting = false;
  #isStopping = false;

  constructor(app: App) {
    this.#app = app;
  }

  /**
   * Resolves when the attempt is recorded. Retries while the database fails, until the claim expires: without a record the
   * delivery is sent again.
   * @returns whether it was delivered
   */
  record(finished: FinishedAttempt): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ attempt: decide(finished, this.#app.now()), resolve, reject });
      if (!this.#isWriting) void this.#writeAll();
    });
  }

  /** From now on an attempt that the database does not take is not tried again. */
  stop(): void {
    this.#isStopping = true;
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length) await this.#writeNext();
    this.#isWriting = false;
  }

  async #writeNext(): Promise<void> {
    const batch = this.#waiting.splice(0, maxBatchSize);
    try {
      await this.#app.db.write((tx) => this.#record(tx, batch), scopeOf(batch));
      this.#resolve(batch);
    } catch (error) {
      if (error instanceof DatabaseFailed) await this.#retryLater(error, batch);
      else for (const one of batch) await this.#writeAlone(one);
    }
  }

  /** One attempt that cannot be recorded must not keep the others of its batch from it. */
  async #writeAlone(one: WaitingAttempt): Promise<void> {
    try {
      await this.#app.db.write((tx) => this.#record(tx, [one]), scopeOf([one]));
      this.#resolve([one]);
    } catch (error) {
      if (error instanceof DatabaseFailed) await this.#retryLater(error, [one]);
      else one.reject(error);
    }
  }

  async #retryLater(error: unknown, failed: readonly WaitingAttempt[]): Promise<void> {
    const isHeld = ({ attempt: { delivery } }: WaitingAttempt) =>
      !this.#isStopping && this.#app.now() < (delivery.next_attempt_at ?? 0);
    for (const one of failed)
      if (isHeld(one)) this.#waiting.push(one);
      else one.reject(error);
    await new Promise((resolve) => setTimeout(resolve, retryDelayMs));
  }

  #record(tx: Tx, batch: readonly WaitingAttempt[]): Promise<void> {
    return recordAttempts(
      this.#app,
      tx,
      batch.map(({ attempt }) => attempt),
    );
  }

  #resolve(batch: readonly WaitingAttempt[]): void {
    for (const { attempt, resolve } of batch) {
      const { status } = attempt.verdict;
      this.#app.metrics.deliveries.inc({ outcome: status === 'pending' ? 'retried' : status });
      resolve(status === 'delivered');
    }
  }
}
