/** Runs the rounds of the worker: when it is woken and at an interval, one at a time, with backoff while rounds fail. */
import type { App } from '../app.ts';

/** Milliseconds between two rounds without a wake: for retries, and deliveries whose node died. */
export const pollIntervalMs = 250;
/** Longest backoff after failed rounds: the database is usually back within seconds. */
const maxBackoffMs = 10_000;

export class ClaimLoop {
  readonly #log: App['log'];
  readonly #claimAndSend: () => Promise<void>;
  /** The running round. */
  #round: Promise<void> | undefined;
  /** Woken since the last round began: that round may have read the database before the new work was in it. */
  #isWoken = false;
  #isStopped = false;
  #failedRounds = 0;
  /** By the machine's clock, which tests do not move. */
  #pausedUntil = 0;

  constructor(log: App['log'], claimAndSend: () => Promise<void>) {
    this.#log = log;
    this.#claimAndSend = claimAndSend;
  }

  /** Starts a round, or another one after the running round. */
  wake(): void {
    this.#isWoken = true;
    if (this.#round || this.#isStopped || Date.now() < this.#pausedUntil) return;
    this.#round = this.#run().finally(() => {
      this.#round = undefined;
      if (this.#isWoken) this.wake();
    });
  }

  /** Waits for the running round and starts no other. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#round;
  }

  async #run(): Promise<void> {
    while (this.#isWoken && !this.#isStopped) {
      // Requests that end together wake the worker once for all.
      await new Promise<void>((resolve) => setImmediate(resolve));
      this.#isWoken = false;
      try {
        await this.#claimAndSend();
        this.#recover();
      } catch (err) {
        return this.#backOff(err);
      }
    }
  }

  #recover(): void {
    if (this.#failedRounds) this.#log.info('due webhooks are claimed again');
    this.#failedRounds = 0;
  }

  /** Logs the first failure only: without a database each round fails alike. */
  #backOff(err: unknown): void {
    if (!this.#failedRounds) this.#log.error({ err }, 'due webhooks could not be claimed');
    this.#pausedUntil = Date.now() + Math.min(pollIntervalMs * 2 ** this.#failedRounds++, maxBackoffMs);
  }
}
