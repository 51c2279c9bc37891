/** Reads the log for streams with events that the bus did not deliver, and delivers them in offset order. */
import type { App } from '../app.ts';
import { readAfter, readHeads } from '../events/read.ts';
import { deliver, skipTo } from './live-stream.ts';
import { LOG_PAGE } from './replay.ts';
import type { LiveStream } from './subscription.ts';

const retryMs = 1000;
/** Streams that are compared with the log, and read, at a time. */
const streamsPerStep = 500;

export class CatchUp {
  readonly #app: App;
  readonly #streams: ReadonlyMap<string, LiveStream>;
  #retryTimer: NodeJS.Timeout | undefined;
  #readingAll: Promise<void> | undefined;
  /** `readAll` was called again while it ran. */
  #isBehind = false;

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

  /** Reads every stream with undelivered events in the log. A call during a run is followed by one more run. Never rejects. */
  readAll(): Promise<void> {
    this.#isBehind = true;
    this.#readingAll ??= this.#readSteps()
      .catch((err: unknown) => this.#retry(err))
      .finally(() => {
        this.#readingAll = undefined;
      });
    return this.#readingAll;
  }

  close(): void {
    clearTimeout(this.#retryTimer);
  }

  /** In steps, so that a node with many streams does not ask the database for all of them at once. */
  async #readSteps(): Promise<void> {
    while (this.#isBehind) {
      this.#isBehind = false;
      const names = [...this.#streams.keys()];
      for (let at = 0; at < names.length; at += streamsPerStep) {
        const heads = await readHeads(this.#app.db, names.slice(at, at + streamsPerStep));
        await Promise.all([...heads].map(([name, { last }]) => this.#readTo(name, last)));
      }
    }
  }

  async #readTo(name: string, offset: number): Promise<void> {
    const stream = this.#streams.get(name);
    if (stream && offset > stream.lastOffset) await this.read(stream);
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
