/** Detects dead sockets: the server pings every 3 s, so a socket without frames for longer is dead (cable.md section A.5). */
import { host, type Timer } from '../platform.ts';

export class Monitor {
  readonly #dead: () => void;
  #timer: Timer;
  #limit = 0;
  #heardAt = 0;

  constructor(dead: () => void) {
    this.#dead = dead;
  }

  /** Calls `dead` when `heard` is not called for `limit` milliseconds. */
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

  /** Asked after a wake as well: timers do not run while the machine sleeps. */
  isSilent(): boolean {
    return Date.now() - this.#heardAt >= this.#limit;
  }

  #check(): void {
    const left = this.#heardAt + this.#limit - Date.now();
    this.#timer = host.setTimeout(() => (this.isSilent() ? this.#dead() : this.#check()), Math.max(left, 10));
  }
}
