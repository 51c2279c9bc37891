/** What the server cannot undo: it is asked when the time to undo is over, or when the desk is left before that. */
import type { Fetch } from '@hoory/client';

/** Milliseconds in which an act can be taken back. */
export const UNDO = 8_000;

const waiting = new Set<() => Promise<unknown>>();
let isLeaving = false;

/** Whoever leaves the desk meant what they did. */
addEventListener('pagehide', () => {
  isLeaving = true;
  void doNow();
});
addEventListener('pageshow', () => {
  isLeaving = false;
});

/** `fetch`; what is asked while the page goes away is sent all the same. */
export const fetchToTheEnd: Fetch = (url, init) =>
  fetch(url, { ...(init as RequestInit), keepalive: isLeaving });

/** Runs it when the time to undo is over. @returns what takes it back; false when it was too late for that */
export function later(run: () => Promise<unknown>): () => boolean {
  const commit = async () => {
    clearTimeout(timer);
    if (waiting.delete(commit)) await run();
  };
  const timer = setTimeout(commit, UNDO);
  waiting.add(commit);
  return () => {
    clearTimeout(timer);
    return waiting.delete(commit);
  };
}

/** Runs all that waits, because the one who did it leaves. */
export const doNow = (): Promise<unknown> => Promise.allSettled([...waiting].map((commit) => commit()));
