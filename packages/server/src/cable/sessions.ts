/**
 * Sessions of the extended protocol that may be resumed: the subscriptions of a lost connection (cable.md D.1). They save a
 * reconnecting client one round trip per subscription, and keep its position in streams without new events. They cannot be wrong: a
 * restored subscription is authenticated again with the token in its identifier, and missed events are read from the log. A client
 * whose session is not known subscribes again. This file has the sessions of a single process, `redis-sessions.ts` those of several
 * nodes.
 */
import { type SavedSubscription, toSaved } from './saved-subscription.ts';
import type { CableConnection } from './subscription.ts';

/** Milliseconds for which a lost connection may be resumed. */
export const lifetimeMs = 300_000;
/** Most lost sessions of a node; with more, the session that was lost first is removed. */
const maxSessions = 100_000;

export interface CableSessions {
  /** A connection has opened. */
  add(connection: CableConnection): void;
  /** The subscriptions of an open connection, or the positions of its client, have changed. */
  note(connection: CableConnection): void;
  /** Remembers the subscriptions of a connection that has closed. Called before they are released. */
  release(connection: CableConnection): void;
  /**
   * Removes a session and returns its subscriptions, to one caller only; undefined when it is not known. A client may come back before
   * its lost connection is noticed: that connection is closed.
   */
  take(sid: string): Promise<SavedSubscription[] | undefined>;
  /** Called a few times a second: removes expired sessions. Never rejects. */
  sweep(): Promise<void>;
  /** Keeps what other nodes may restore. Called when every connection is closed. */
  close(): Promise<void>;
}

interface LostSession {
  subscriptions: SavedSubscription[];
  /** In milliseconds. */
  expiresAt: number;
}

/** Sessions in the memory of a node, by any unique name. */
export class LocalSessions {
  readonly #now: () => number;
  readonly #open = new Map<string, CableConnection>();
  /** In the order in which they were lost. */
  readonly #lost = new Map<string, LostSession>();

  /** @param now in milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  add(name: string, connection: CableConnection): void {
    this.#open.set(name, connection);
  }

  /** @returns whether the session may be resumed */
  release(name: string, { subscriptions }: CableConnection): boolean {
    if (!this.#open.delete(name) || !subscriptions.length) return false;
    this.#lost.set(name, { subscriptions: subscriptions.map(toSaved), expiresAt: this.#now() + lifetimeMs });
    const [first] = this.#lost.keys();
    if (this.#lost.size > maxSessions && first !== undefined) this.#lost.delete(first);
    return true;
  }

  /** The subscriptions of an open or lost session. */
  find(name: string): SavedSubscription[] | undefined {
    const connection = this.#open.get(name);
    if (connection) return connection.subscriptions.map(toSaved);
    const lost = this.#lost.get(name);
    return lost && lost.expiresAt > this.#now() ? lost.subscriptions : undefined;
  }

  /** As `find`, and removes the session. Its connection is closed. */
  take(name: string): SavedSubscription[] | undefined {
    const found = this.find(name);
    const stale = this.#open.get(name);
    this.#open.delete(name);
    this.#lost.delete(name);
    stale?.terminate();
    return found;
  }

  isOpen(name: string): boolean {
    return this.#open.has(name);
  }

  names(): string[] {
    return [...this.#open.keys(), ...this.#lost.keys()];
  }

  sweep(): void {
    for (const [name, { expiresAt }] of this.#lost) {
      if (expiresAt > this.#now()) break;
      this.#lost.delete(name);
    }
  }
}

/** Opens the sessions of a single process. After a restart clients subscribe again and resume by position. */
export function openMemorySessions(now: () => number): CableSessions {
  const sessions = new LocalSessions(now);
  return {
    add: (connection) => {
      if (connection.sid) sessions.add(connection.sid, connection);
    },
    note: () => {},
    release: (connection) => void sessions.release(connection.sid, connection),
    take: async (sid) => sessions.take(sid),
    sweep: async () => sessions.sweep(),
    close: async () => {},
  };
}
