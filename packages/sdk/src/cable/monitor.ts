/** Watches over silence: the server pings every 3 s, so a quiet socket is a dead one. */
import { host, type Timer } from '../platform.ts';

export class Monitor {
  readonly #dead: () => void;
  #timer: Timer;
  #limit = 0;
  #heardAt = 0;

  constructor(dead: () => void) {
    this.#dead = dead;
  }

  /** From now on there must be a sign of life every `limit` milliseconds. */
  start(limit: number): void {
    this.stop();
    this.#limit = limit;
    this.heard();
    this.#check();
  }

  heard(): void {
    this.#heardAt = Date.now();
  }

  stop(): void {
    host.clearTimeout(this.#timer);
  }

  /** Also by hand: timers stand still while a machine sleeps. */
  isSilent(): boolean {
    return Date.now() - this.#heardAt >= this.#limit;
  }

  #check(): void {
    const left = this.#heardAt + this.#limit - Date.now();
    this.#timer = host.setTimeout(() => (this.isSilent() ? this.#dead() : this.#check()), Math.max(left, 10));
  }
}
