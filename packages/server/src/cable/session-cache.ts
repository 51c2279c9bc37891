/**
 * Sessions of the extended protocol that may be resumed: the subscriptions of a lost connection (cable.md D.1). The cache saves a
 * reconnecting client one round trip per subscription, and keeps its position in streams without new events. It cannot be wrong: a
 * restored subscription is authenticated again with the token in its identifier, and missed events are read from the log. A client
 * whose session is not in the cache subscribes again.
 */
import type { CableConnection, Subscription } from './subscription.ts';

/** Time for which a lost connection may be resumed. */
const lifetimeMs = 300_000;
/** Most lost sessions; with more, the session that was lost first is removed. */
const maxSessions = 100_000;

/** A subscription of an earlier connection. */
export interface SavedSubscription {
  identifier: string;
  /** `clientOffset` by stream: a client names no position of a stream of which it was sent nothing. */
  clientOffsets: ReadonlyMap<string, number>;
}

interface LostSession {
  subscriptions: SavedSubscription[];
  /** In milliseconds. */
  expiresAt: number;
}

/** Opens a cache in the memory of this process. After a restart clients subscribe again and resume by position. */
export function openSessionCache(now: () => number) {
  const open = new Map<string, CableConnection>();
  /** In the order in which they were lost. */
  const lost = new Map<string, LostSession>();

  /** Remembers the subscriptions of a closed connection. */
  function release(connection: CableConnection): void {
    if (!open.delete(connection.sid) || !connection.subscriptions.length) return;
    const subscriptions = connection.subscriptions.map(toSaved);
    lost.set(connection.sid, { subscriptions, expiresAt: now() + lifetimeMs });
    const [first] = lost.keys();
    if (lost.size > maxSessions && first !== undefined) lost.delete(first);
  }

  /**
   * Removes a session and returns its subscriptions; undefined when it is not known. A client may come back before the server
   * notices that its connection is lost: that connection is closed.
   */
  function take(sid: string): SavedSubscription[] | undefined {
    const stale = open.get(sid);
    if (stale) {
      open.delete(sid);
      const subscriptions = stale.subscriptions.map(toSaved);
      stale.terminate();
      return subscriptions;
    }
    const session = lost.get(sid);
    lost.delete(sid);
    return session && session.expiresAt > now() ? session.subscriptions : undefined;
  }

  return {
    add(connection: CableConnection): void {
      if (connection.sid) open.set(connection.sid, connection);
    },
    release,
    take,

    /** Removes expired sessions. */
    sweep(): void {
      for (const [sid, { expiresAt }] of lost) {
        if (expiresAt > now()) break;
        lost.delete(sid);
      }
    },
  };
}

const toSaved = ({ identifier, attachments }: Subscription): SavedSubscription => ({
  identifier,
  clientOffsets: new Map(
    attachments.flatMap(({ stream, clientOffset }) =>
      clientOffset === undefined ? [] : [[stream.name, clientOffset]],
    ),
  ),
});
