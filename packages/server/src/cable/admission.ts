/**
 * Admits new sockets at a bounded rate. After a node has died thousands of clients connect at once, and each of them costs an upgrade,
 * an authentication and a replay. While the node also answers requests, sockets wait a little longer, so that no post waits for them.
 */
import { performance } from 'node:perf_hooks';

export interface AdmissionOptions {
  /** Sockets a second at present. */
  rate(): number;
  /** Milliseconds of a clock that never goes back; tests pass one of their own. */
  now?: () => number;
}

/** Between two groups of waiting sockets. */
const stepMs = 10;
/** Unused admissions are kept for this time: the sockets of a usual moment never wait. */
const burstMs = 100;
/** More than a node can serve: the others come back by themselves. */
export const maxWaiting = 20_000;

export class Admission {
  readonly #options: Required<AdmissionOptions>;
  #waiting: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;
  #allowed: number;
  #countedAtMs: number;

  constructor({ rate, now = () => performance.now() }: AdmissionOptions) {
    this.#options = { rate, now };
    this.#allowed = (rate() * burstMs) / 1000;
    this.#countedAtMs = now();
  }

  /** Calls `admit` now or, after those that wait already, later. @returns false when too many wait */
  enter(admit: () => void): boolean {
    if (this.#waiting.length >= maxWaiting) return false;
    this.#waiting.push(admit);
    if (!this.#timer) this.admitWaiting();
    return true;
  }

  /** Admits as many as the time since the last call allows; `enter` and a timer call it. */
  admitWaiting(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#count();
    const count = Math.min(this.#waiting.length, Math.floor(this.#allowed));
    this.#allowed -= count;
    const admitted = this.#waiting.splice(0, count);
    // Set before the calls: a socket that enters during one of them waits behind the others.
    if (this.#waiting.length) this.#timer = setTimeout(() => this.admitWaiting(), stepMs).unref();
    for (const admit of admitted) admit();
  }

  #count(): void {
    const rate = this.#options.rate();
    const nowMs = this.#options.now();
    const earned = (rate * (nowMs - this.#countedAtMs)) / 1000;
    this.#allowed = Math.min(this.#allowed + earned, (rate * burstMs) / 1000);
    this.#countedAtMs = nowMs;
  }
}
