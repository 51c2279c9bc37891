/**
 * Requests that the server cannot undo. Each waits while the screen offers Undo, and is sent when that time is over, or at
 * once when the page goes away: an agent who closes the tab has not asked for Undo.
 */
/** How long Undo is offered. */
export const UNDO_MS = 8_000;

const waiting = new Set<() => Promise<unknown>>();
let isLeaving = false;

// `pagehide` is the last event that phones send; `pageshow` follows when the page comes back from the browser's cache.
addEventListener('pagehide', () => {
  isLeaving = true;
  void runDeferred();
});
addEventListener('pageshow', () => {
  isLeaving = false;
});

/**
 * `fetch` that lets the browser finish a request after the page is gone. `keepalive` is set only then: browsers limit the
 * body of such a request to 64 KiB, which an upload exceeds.
 */
export const fetchKeptAlive = (url: string, init?: RequestInit): Promise<Response> =>
  fetch(url, { ...init, keepalive: isLeaving });

/**
 * Calls `run` after `UNDO_MS`.
 * @returns a function that cancels it; the function returns false when `run` was called before
 */
export function defer(run: () => Promise<unknown>): () => boolean {
  const commit = async () => {
    clearTimeout(timer);
    if (waiting.delete(commit)) await run();
  };
  const timer = setTimeout(commit, UNDO_MS);
  waiting.add(commit);
  return () => {
    clearTimeout(timer);
    return waiting.delete(commit);
  };
}

/** Sends all waiting requests now: before signing out and before another account is shown. */
export const runDeferred = (): Promise<unknown> => Promise.allSettled([...waiting].map((commit) => commit()));
