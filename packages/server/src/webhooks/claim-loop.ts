/** When the worker looks for due deliveries: whenever it is woken, one round at a time, less often while rounds fail. */
import type { App } from '../app.ts';

/** How often the worker looks without being woken, in milliseconds: for retries, and for what other nodes left. */
export const pollIntervalMs = 250;
/** Longest pause after a failed round: the database is usually back within seconds. */
const maxBackoffMs = 10_000;

export class ClaimLoop {
  readonly #log: App['log'];
  readonly #claimAndSend: () => Promise<void>;
  /** The round that runs now. */
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

  /** Starts a round, or makes the running one look again. */
  wake(): void {
    this.#isWoken = true;
    if (this.#round || this.#isStopped || Date.now() < this.#pausedUntil) return;
    this.#round = this.#run().finally(() => {
      this.#round = undefined;
      if (this.#isWoken) this.wake();
    });
  }

  /** Starts no further round and waits for the one that runs. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#round;
  }

  async #run(): Promise<void> {
    while (this.#isWoken && !this.#isStopped) {
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

  /** Logs the first failure only: while the database is away, each round fails alike. */
  #backOff(err: unknown): void {
    if (!this.#failedRounds) this.#log.error({ err }, 'due webhooks could not be claimed');
    this.#pausedUntil = Date.now() + Math.min(pollIntervalMs * 2 ** this.#failedRounds++, maxBackoffMs);
  }
}
