/** Reads the log for streams with events that the bus did not deliver, and delivers them in offset order. */
import type { App } from '../app.ts';
import { readAfter, readHeads } from '../events/read.ts';
import { deliver, skipTo } from './live-stream.ts';
import { LOG_PAGE } from './replay.ts';
import type { LiveStream } from './subscription.ts';

const retryMs = 1000;

export class CatchUp {
  readonly #app: App;
  readonly #streams: ReadonlyMap<string, LiveStream>;
  #retryTimer: NodeJS.Timeout | undefined;

  constructor(app: App, streams: ReadonlyMap<string, LiveStream>) {
    this.#app = app;
    this.#streams = streams;
  }

  /** Reads one stream to the end of the log. A call during a read extends that read. */
  async read(stream: LiveStream): Promise<void> {
    stream.isBehind = true;
    if (stream.isReading) return;
    stream.isReading = true;
    try {
      while (stream.isBehind) stream.isBehind = await this.#readPage(stream);
    } catch (err) {
      this.#retry(err);
    } finally {
      stream.isReading = false;
    }
  }

  /** Reads every stream with undelivered events in the log. */
  async readAll(): Promise<void> {
    try {
      const heads = await readHeads(this.#app.db, [...this.#streams.keys()]);
      for (const stream of this.#streams.values())
        if ((heads.get(stream.name)?.last ?? 0) > stream.lastOffset) void this.read(stream);
    } catch (err) {
      this.#retry(err);
    }
  }

  close(): void {
    clearTimeout(this.#retryTimer);
  }

  /** @returns whether there may be more */
  async #readPage(stream: LiveStream): Promise<boolean> {
    stream.isBehind = false;
    const entries = await readAfter(this.#app.db, stream.name, stream.lastOffset, LOG_PAGE);
    for (const entry of entries) {
      if (entry.offset > stream.lastOffset + 1) skipTo(this.#app, stream, entry.offset - 1);
      deliver(this.#app, stream, entry);
    }
    return stream.isBehind || entries.length > 0;
  }

  #retry(err: unknown): void {
    if (this.#retryTimer) return;
    this.#app.log.error({ err }, 'the event log could not be read, it is tried again');
    this.#retryTimer = setTimeout(() => {
      this.#retryTimer = undefined;
      void this.readAll();
    }, retryMs).unref();
  }
}
