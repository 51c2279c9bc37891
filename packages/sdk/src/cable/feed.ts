/** The same events over HTTP, for as long as no socket gets through. Order and cursor are the server's. */
import { backoff } from '../backoff.ts';
import { asError } from '../errors.ts';
import type { Patience } from '../patience.ts';
import { host, type SignalLike, sleep } from '../platform.ts';
import type { EventPage, LoggedEvent } from '../wire.ts';

/** Reads the event log after a cursor, waiting up to `wait` seconds for something to happen. */
export type FeedFetch = (
  query: { after?: string; limit: number; wait: number },
  options: { signal: SignalLike; timeout: number },
) => Promise<EventPage>;

export interface FeedOptions {
  fetch: FeedFetch;
  patience: Patience;
  /** HTTP works: the last moment for a socket to make the feed unnecessary. */
  lastChance: () => Promise<void>;
  event: (event: LoggedEvent) => void;
  /** Events may have been missed: whatever is known must be fetched anew. */
  gap: () => void;
  working: (works: boolean) => void;
  /** The server does not know who asks (401, 403), or the session (404). */
  refused: () => void;
}

/** Events in a page. */
const LIMIT = 100;

export class Feed {
  readonly #options: FeedOptions;
  #cursor: string | undefined;
  #reading: { abort(): void } | undefined;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  /** It has taken over: what happens is read from here. */
  get hasPosition(): boolean {
    return this.#cursor !== undefined;
  }

  start(): void {
    if (this.#reading) return;
    const abort = new host.AbortController();
    this.#reading = abort;
    void this.#read(abort.signal);
  }

  /** Tries at once instead of waiting. */
  wake(): void {
    if (!this.#reading) return;
    this.#pause();
    this.start();
  }

  /** Forgets its position. */
  stop(): void {
    this.#pause();
    this.#cursor = undefined;
  }

  /** Reads what has happened up to now. False when that failed: then something may be missing. */
  async drain(signal: SignalLike): Promise<boolean> {
    this.#pause();
    try {
      // A page with room left reaches to the moment it was asked for; what came after, the socket has.
      for (let full = true; full; ) {
        const page = await this.#fetch(LIMIT, 0, signal);
        if (signal.aborted) return false;
        this.#take(page);
        full = page.events.length === LIMIT;
      }
      return true;
    } catch {
      return false;
    }
  }

  #pause(): void {
    this.#reading?.abort();
    this.#reading = undefined;
  }

  async #read(signal: SignalLike): Promise<void> {
    const { patience, working, refused } = this.#options;
    for (let attempt = 0; !signal.aborted; ) {
      try {
        if (this.#cursor === undefined) await this.#begin(signal);
        else await this.#poll(signal);
        if (!signal.aborted) working(true);
        attempt = 0;
      } catch (thrown) {
        if (signal.aborted) return;
        const { status } = asError(thrown);
        working(false);
        if (status === 401 || status === 403 || status === 404) {
          this.stop();
          return refused();
        }
        await sleep(backoff(attempt++, patience.retry), signal);
      }
    }
  }

  async #begin(signal: SignalLike): Promise<void> {
    const { cursor } = await this.#fetch(1, 0, signal);
    await this.#options.lastChance();
    if (signal.aborted) return;
    this.#cursor = cursor;
    this.#options.gap();
  }

  async #poll(signal: SignalLike): Promise<void> {
    const { poll, retry } = this.#options.patience;
    const started = Date.now();
    const before = this.#cursor;
    const page = await this.#fetch(LIMIT, poll, signal);
    if (signal.aborted) return;
    this.#take(page);
    // Something on the way may not let a request wait.
    if (page.cursor === before && Date.now() - started < retry.min) await sleep(retry.min, signal);
  }

  #fetch(limit: number, wait: number, signal: SignalLike): Promise<EventPage> {
    const after = this.#cursor;
    return this.#options.fetch(
      { ...(after && { after }), limit, wait },
      { signal, timeout: wait * 1000 + 15_000 },
    );
  }

  #take({ events, cursor, reset }: EventPage): void {
    for (const event of events) this.#options.event(event);
    this.#cursor = cursor;
    if (reset) this.#options.gap();
  }
}
