/**
 * Tells every process on the database that what somebody may see has changed, so that sockets are attached anew or closed
 * (decisions.md 6). The changes are a stream of the log like any other: one made by the command line, which shares
 * no bus with the server, is found there.
 *
 * A socket's streams are a cache of what its owner may see. Each change is logged in the transaction that makes it, and read
 * from the log in order, so none is skipped; requests over HTTP do not use this cache and look up what is stored.
 */
import type { App } from '../app.ts';
import type { Tx } from '../db/db.ts';
import { emit } from './emit.ts';
import { readAfter, readHeads } from './read.ts';

/** Nobody is ever attached to this stream. */
export const accessStream = 'access';

/** Changes read from the log at once. */
const page = 100;

/**
 * Whose access changed; the most particular key counts: a user, a session, else every session of an inbox and every
 * agent, else everybody in an account.
 */
export interface AccessChange {
  user_id?: number;
  session_id?: number;
  account_id?: number;
  inbox_id?: number;
}

/** Tells of `changes` once `tx` has committed. */
export function emitAccessChanges(tx: Tx, changes: readonly AccessChange[]): void {
  for (const data of changes) emit(tx, 'access', [{ streams: [accessStream], data }]);
}

export interface AccessFollower {
  /** Looks for changes that the bus did not tell of. Never throws. */
  look(): Promise<void>;
  stop(): void;
}

/** Calls `hear` for every change from now on, whoever makes it, in the order of their commits. */
export function followAccess(app: App, hear: (change: AccessChange) => void): AccessFollower {
  let last: number | undefined;
  let done: Promise<void> = Promise.resolve();

  async function readOn(): Promise<void> {
    if (last === undefined) {
      last = (await readHeads(app.db, [accessStream])).get(accessStream)?.last ?? 0;
      return;
    }
    for (;;) {
      const entries = await readAfter(app.db, accessStream, last, page);
      for (const { offset, payload } of entries) {
        last = offset;
        hear((JSON.parse(payload) as { data: AccessChange }).data);
      }
      if (entries.length < page) return;
    }
  }

  function look(): Promise<void> {
    done = done
      .then(readOn)
      .catch((err: unknown) => app.log.error({ err }, 'changes of access could not be read'));
    return done;
  }

  const stop = app.bus.subscribe((notice) => {
    if ('recorded' in notice && notice.recorded.some(({ stream }) => stream === accessStream)) void look();
  });
  void look();
  return { look, stop };
}
