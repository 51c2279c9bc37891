/** The same events over HTTP, for as long as no socket gets through. Order and positions are the server's. */
import { backoff } from '../backoff.ts';
import { asError } from '../errors.ts';
import { host, type SignalLike, sleep } from '../platform.ts';
import type { Timeouts } from '../timeouts.ts';
import type { EventPage, StreamPositions } from '../wire.ts';

/** Reads the event log after a cursor or after positions, waiting up to `wait` seconds for something to happen. */
export type FeedFetch = (
  query: { after?: string; streams?: string; limit: number; wait: number },
  options: { signal: SignalLike; timeout: number },
) => Promise<EventPage>;

export interface FeedOptions {
  fetch: FeedFetch;
  timeouts: Timeouts;
  /** HTTP works: the last moment for a socket to make the feed unnecessary. */
  dialSocket: () => Promise<void>;
  /** Where the subscription has come to; it goes on from there. */
  positions: () => StreamPositions;
  page: (page: EventPage) => void;
  working: (works: boolean) => void;
  /** The server does not know who asks (401, 403), or the session (404). */
  refused: () => void;
}

/** Events in a page. */
const LIMIT = 100;

/** Characters of positions that fit into an address; with more streams the feed begins anew, from now on. */
const MAX_POSITIONS = 6000;

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
    this.pause();
    this.start();
  }

  /** Stops reading, until a socket has taken over or is gone again. */
  pause(): void {
    this.#reading?.abort();
    this.#reading = undefined;
  }

  /** A socket has taken over. */
  stop(): void {
    this.pause();
    this.#cursor = undefined;
  }

  async #read(signal: SignalLike): Promise<void> {
    const { timeouts, working, refused } = this.#options;
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
        await sleep(backoff(attempt++, timeouts.retry), signal);
      }
    }
  }

  async #begin(signal: SignalLike): Promise<void> {
    const streams = JSON.stringify(this.#options.positions());
    const isKnown = streams !== '{}' && streams.length <= MAX_POSITIONS;
    const page = await this.#fetch({ ...(isKnown && { streams }), limit: LIMIT, wait: 0 }, signal);
    await this.#options.dialSocket();
    if (!signal.aborted) this.#take({ ...page, reset: page.reset || !isKnown });
  }

  async #poll(signal: SignalLike): Promise<void> {
    const { pollSeconds, retry } = this.#options.timeouts;
    const started = Date.now();
    const before = this.#cursor;
    const page = await this.#fetch({ after: before, limit: LIMIT, wait: pollSeconds }, signal);
    if (signal.aborted) return;
    this.#take(page);
    // Something on the way may not let a request wait.
    if (page.cursor === before && Date.now() - started < retry.minMs) await sleep(retry.minMs, signal);
  }

  #fetch(query: Parameters<FeedFetch>[0], signal: SignalLike): Promise<EventPage> {
    return this.#options.fetch(query, { signal, timeout: query.wait * 1000 + 15_000 });
  }

  #take(page: EventPage): void {
    this.#cursor = page.cursor;
    this.#options.page(page);
  }
}
