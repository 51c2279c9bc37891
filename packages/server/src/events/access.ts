/**
 * Changes of what somebody may see, for every process on the database: the cable then grants subscriptions again or closes
 * sockets (decisions.md 6). The streams of a socket are a cache of what its owner may see; HTTP requests do not use this cache.
 * Each change is logged in the transaction that makes it and read from the log in order, so none is missed, and one that the
 * command line makes, which shares no bus with the server, is found there.
 */
import type { App } from '../app.ts';
import type { Tx } from '../db/db.ts';
import { emit } from './emit.ts';
import { type AccessChange, parseAccessChange } from './logged-events.ts';
import { readAfter, readHeads } from './read.ts';

/** The stream of these changes; no socket is attached to it. */
export const accessStream = 'access';

const followed = [accessStream];

/** Number of changes that one query reads. */
const batchSize = 100;

/** Logs `changes` when `tx` commits. */
export function emitAccessChanges(tx: Tx, changes: readonly AccessChange[]): void {
  for (const data of changes) emit(tx, 'access', [{ streams: [accessStream], data }]);
}

export interface AccessFollower {
  /**
   * Resolves when each later commit of a change will be handled. Whoever depends on that reads what somebody may see only then.
   * Rejects when the database cannot be read; the next call tries again.
   */
  started(): Promise<void>;
  /** Reads changes that the bus did not announce, such as those of another process. Never rejects. */
  readNew(): Promise<void>;
  stop(): void;
}

/** Calls `handle` for each change from now on, whichever process makes it, in the order of the commits. */
export function followAccessChanges(app: App, handle: (change: AccessChange) => void): AccessFollower {
  let last = 0;
  let start: Promise<void> | undefined;
  let done: Promise<void> = Promise.resolve();

  async function readStart(): Promise<void> {
    await app.bus.follow(followed);
    last = (await readHeads(app.db, [accessStream])).get(accessStream)?.last ?? 0;
  }

  function started(): Promise<void> {
    start ??= readStart().catch((error: unknown) => {
      start = undefined;
      app.bus.unfollow(followed);
      throw error;
    });
    return start;
  }

  async function readOn(): Promise<void> {
    await started();
    for (;;) {
      const entries = await readAfter(app.db, accessStream, last, batchSize);
      for (const { offset, payload } of entries) {
        last = offset;
        handle(parseAccessChange(payload));
      }
      if (entries.length < batchSize) return;
    }
  }

  function readNew(): Promise<void> {
    done = done
      .then(readOn)
      .catch((err: unknown) => app.log.error({ err }, 'changes of access could not be read'));
    return done;
  }

  const unsubscribe = app.bus.subscribe((notice) => {
    if ('transient' in notice) return;
    const moved = 'recorded' in notice ? notice.recorded : notice.moved;
    if (moved.some(({ stream }) => stream === accessStream)) void readNew();
  });
  const stopWatchingGaps = app.bus.onGap(() => void readNew());
  void readNew();
  return {
    started,
    readNew,
    stop: () => {
      unsubscribe();
      stopWatchingGaps();
      if (start) app.bus.unfollow(followed);
    },
  };
}
