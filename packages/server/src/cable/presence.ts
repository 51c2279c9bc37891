/**
 * Presence: who is online. It is displayed, and decides which agents the round robin offers a conversation; the assignment itself is
 * made in a transaction that reads the stored row. After a restart a person is offline until one of their sockets subscribes again.
 *
 * A person is online in an account while a subscribed socket of theirs is open, and for a while after the last one closed
 * (cable.md B.4), so that a reload, a change of network or a restart of the client makes nobody offline.
 * `connection.ts` closes sockets whose client is gone. `presence-update.ts` makes the event from it. This file has the presence of a
 * single process, `redis-presence.ts` that of several nodes.
 */
import { type Group, LocalPeople, type PersonKind } from './local-people.ts';

export interface Presence {
  /** Counts a socket that subscribed. */
  enter(account_id: number, kind: PersonKind, id: number): void;
  /** Removes a socket that `enter` counted. With the last socket the expiry begins. */
  leave(account_id: number, kind: PersonKind, id: number): void;
  isOnline(account_id: number, kind: PersonKind, id: number): Promise<boolean>;
  /** Ids of the online people of a kind. */
  online(account_id: number, kind: PersonKind): Promise<number[]>;
  /**
   * Called a few times a second. Removes people whose expiry has passed.
   * @returns accounts in which a user came online or went offline; of several nodes, one returns a change
   */
  sweep(): Promise<number[]>;
  close(): void;
}

/** Presence of a single process. `now` is in milliseconds. */
export function openMemoryPresence(now: () => number): Presence {
  const people = new LocalPeople(now);
  /** Accounts in which a user came online. */
  let came = new Set<number>();
  return {
    enter: (account_id, kind, id) => {
      const group: Group = { account_id, kind };
      if (kind === 'user' && !people.isPresent(group, id)) came.add(account_id);
      people.enter(group, id);
    },
    leave: (account_id, kind, id) => people.leave({ account_id, kind }, id),
    isOnline: async (account_id, kind, id) => people.isPresent({ account_id, kind }, id),
    online: async (account_id, kind) => people.list({ account_id, kind }),
    sweep: async () => {
      const changed = came;
      came = new Set();
      for (const { account_id, kind } of people.sweep()) if (kind === 'user') changed.add(account_id);
      return [...changed];
    },
    close: () => {},
  };
}
