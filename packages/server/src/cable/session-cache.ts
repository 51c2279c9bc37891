/**
 * Sessions of the extended protocol that may come back: what a connection was subscribed to (cable.md D.1). The cache grants
 * nothing: a restored subscription passes authentication again with the token in its identifier, and what it missed is read
 * from the log. A session that was forgotten costs the client a new subscription.
 */
import type { CableConnection, Subscription } from './subscription.ts';

/** How long a lost connection may be resumed, in milliseconds from its end. */
const lifetime = 300_000;
/** More sessions than this are not remembered; the longest gone are forgotten first. */
const maxSessions = 100_000;

/** A subscription of an earlier connection. */
export interface LeftSubscription {
  identifier: string;
  /** By stream, what the client has for certain: a client names no position of a stream of which it was sent nothing. */
  bases: ReadonlyMap<string, number>;
}

interface Gone {
  subscriptions: LeftSubscription[];
  expiresAt: number;
}

/** Opens a cache in this process' memory: after a restart clients subscribe anew and resume by position. */
export function openSessionCache(now: () => number) {
  const open = new Map<string, CableConnection>();
  const gone = new Map<string, Gone>();

  return {
    add(connection: CableConnection): void {
      if (connection.sid) open.set(connection.sid, connection);
    },

    /** Remembers what a closed connection was subscribed to. */
    release(connection: CableConnection): void {
      if (!open.delete(connection.sid)) return;
      const subscriptions = connection.subscriptions.map(toLeft);
      if (!subscriptions.length) return;
      gone.set(connection.sid, { subscriptions, expiresAt: now() + lifetime });
      if (gone.size > maxSessions) gone.delete(gone.keys().next().value as string);
    },

    /**
     * Subscriptions of an earlier connection, whether it is known to be gone or only its client knows; undefined when it is
     * forgotten. The old connection is closed: its client has left it.
     */
    take(sid: string): LeftSubscription[] | undefined {
      const stale = open.get(sid);
      if (stale) {
        open.delete(sid);
        const subscriptions = stale.subscriptions.map(toLeft);
        stale.terminate();
        return subscriptions;
      }
      const known = gone.get(sid);
      gone.delete(sid);
      return known && known.expiresAt > now() ? known.subscriptions : undefined;
    },

    /** Forgets what has expired. */
    sweep(): void {
      for (const [sid, { expiresAt }] of gone) {
        if (expiresAt > now()) break;
        gone.delete(sid);
      }
    },
  };
}

const toLeft = ({ identifier, attachments }: Subscription): LeftSubscription => ({
  identifier,
  bases: new Map(
    attachments.flatMap(({ stream, clientOffset }) =>
      clientOffset === undefined ? [] : [[stream.name, clientOffset]],
    ),
  ),
});
