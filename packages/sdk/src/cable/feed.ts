/** Polls the event log over HTTP while no socket gets through, with the same events, order and positions (client-api.md section 5.15). */
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
  /** Called after the first successful request: HTTP works, so a socket may work as well and is preferred. */
  dialSocket: () => Promise<void>;
  /** The positions of the subscription, after which the feed begins. */
  positions: () => StreamPositions;
  page: (page: EventPage) => void;
  working: (works: boolean) => void;
  /** The credentials are refused (401, 403), or the session does not exist (404). */
  refused: () => void;
}

/** Events in a page. */
const LIMIT = 100;

/** Characters of positions that fit into a URL. With more, the feed begins at the present and reports a reset. */
const MAX_POSITIONS = 6000;

export class Feed {
  readonly #options: FeedOptions;
  #cursor: string | undefined;
  #reading: { abort(): void } | undefined;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  /** The feed has a cursor: it is the source of events until `stop`. */
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

  /** Stops reading and keeps the cursor: the socket may break before it is subscribed. */
  pause(): void {
    this.#reading?.abort();
    this.#reading = undefined;
  }

  /** Stops reading and forgets the cursor: the socket is subscribed. */
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
    // A proxy may answer without waiting: do not poll in a tight loop.
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
