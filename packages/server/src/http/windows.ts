/** Counters in the memory of this process, each for a fixed window of time after its first count. */

export interface Window {
  endsAtMs: number;
  count: number;
}

/** Number of windows above which the ended ones are deleted. */
const maxWindows = 50_000;

/** The windows by key. `begin` makes a new window's further fields. */
export class Windows<Kept extends Window> {
  readonly #now: () => number;
  readonly #begin: (window: Window) => Kept;
  readonly #windows = new Map<string, Kept>();

  /** @param now clock in milliseconds */
  constructor(now: () => number, begin: (window: Window) => Kept) {
    this.#now = now;
    this.#begin = begin;
  }

  /** The running window of `key`. */
  find(key: string): Kept | undefined {
    const window = this.#windows.get(key);
    return window && window.endsAtMs > this.#now() ? window : undefined;
  }

  /** The running window of `key`, or one of `windowMs` that begins now. */
  open(key: string, windowMs: number): Kept {
    const known = this.find(key);
    if (known) return known;
    if (this.#windows.size > maxWindows) this.#deleteEnded();
    const window = this.#begin({ endsAtMs: this.#now() + windowMs, count: 0 });
    this.#windows.set(key, window);
    return window;
  }

  #deleteEnded(): void {
    for (const [key, { endsAtMs }] of this.#windows) if (endsAtMs <= this.#now()) this.#windows.delete(key);
  }
}
