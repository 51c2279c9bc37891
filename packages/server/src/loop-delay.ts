/**
 * Measures how late the event loop runs a timer, and names the cause where it is known. A delay of the loop delays every request
 * and every message on this node.
 */
import { PerformanceObserver } from 'node:perf_hooks';

/** Work that may hold the event loop. `other` is work that is not measured, such as a long response. */
export type DelayCause = 'none' | 'garbage_collection' | 'write' | 'background' | 'other';

/** Between two samples. Shorter intervals would wake an idle server for nothing. */
const intervalMs = 50;
/** Shorter delays need no cause: a timer of Node is up to a millisecond late by itself. */
const noticeableMs = 5;
/** A cause explains a delay when it took at least this part of it. */
const explainingPart = 0.5;

export interface LoopDelay {
  /** Call with the duration of a transaction that held the event loop, as those of SQLite do. */
  noteWrite(ms: number): void;
  /** Runs a background job; delays until it ends may be its own. */
  whileInBackground<Out>(run: () => Promise<Out>): Promise<Out>;
  close(): void;
}

/**
 * Starts to measure. The timer does not keep the process alive.
 * @param observe called for each sample
 */
export function openLoopDelay(observe: (delayMs: number, cause: DelayCause) => void): LoopDelay {
  const work = new MeasuredWork();
  let lastDelayMs: number | undefined;
  let dueAt = performance.now() + intervalMs;

  const collections = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) work.add('garbage_collection', duration);
  });
  collections.observe({ entryTypes: ['gc'] });

  const timer = setInterval(() => {
    const now = performance.now();
    // Only now, since Node reports a collection some turns of the event loop after it.
    if (lastDelayMs !== undefined) observe(lastDelayMs, work.causeOf(lastDelayMs));
    lastDelayMs = Math.max(0, now - dueAt);
    if (lastDelayMs < noticeableMs) work.forget();
    dueAt = now + intervalMs;
  }, intervalMs);
  timer.unref();

  return {
    noteWrite: (ms) => work.add('write', ms),
    whileInBackground: (run) => work.whileInBackground(run),
    close: () => {
      clearInterval(timer);
      collections.disconnect();
    },
  };
}

/** The work since the last sample without a delay. */
class MeasuredWork {
  #ms = { garbage_collection: 0, write: 0 };
  #backgroundJobs = 0;
  #hadBackgroundJobs = false;

  add(cause: 'garbage_collection' | 'write', ms: number): void {
    this.#ms[cause] += ms;
  }

  whileInBackground<Out>(run: () => Promise<Out>): Promise<Out> {
    this.#backgroundJobs++;
    this.#hadBackgroundJobs = true;
    return run().finally(() => this.#backgroundJobs--);
  }

  causeOf(delayMs: number): DelayCause {
    if (delayMs < noticeableMs) return 'none';
    for (const cause of ['garbage_collection', 'write'] as const)
      if (this.#ms[cause] >= delayMs * explainingPart) return cause;
    return this.#hadBackgroundJobs || this.#backgroundJobs ? 'background' : 'other';
  }

  forget(): void {
    this.#ms = { garbage_collection: 0, write: 0 };
    this.#hadBackgroundJobs = false;
  }
}
