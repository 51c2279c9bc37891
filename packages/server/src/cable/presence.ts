/**
 * Presence: who is online, in the memory of this process only. It is displayed, and decides which agents the round robin offers a
 * conversation; the assignment itself is made in a transaction that reads the stored row. After a restart a person is offline until
 * one of their sockets subscribes again.
 *
 * A person is online in an account while a subscribed socket of theirs is open, and for a while after the last one closed
 * (cable.md B.4), so that a reload, a change of network or a restart of the client makes nobody offline.
 * `connection.ts` closes sockets whose client is gone. `presence-update.ts` makes the event from it.
 */

export type PersonKind = 'user' | 'contact';

/**
 * Milliseconds for which a person counts as online without a socket: two and a half heartbeats of the usual clients, 20 s for
 * agents and 60 s for customers (cable.md B.4), so that clients which reconnect only at their next heartbeat stay online.
 */
const expiryMs: Record<PersonKind, number> = { user: 50_000, contact: 150_000 };

export interface Presence {
  /** Counts a socket that subscribed. @returns whether the person was not online before */
  enter(account_id: number, kind: PersonKind, id: number): Promise<boolean>;
  /** Removes a socket that `enter` counted. With the last socket the expiry begins. */
  leave(account_id: number, kind: PersonKind, id: number): Promise<void>;
  isOnline(account_id: number, kind: PersonKind, id: number): Promise<boolean>;
  /** Ids of the online people of a kind. */
  online(account_id: number, kind: PersonKind): Promise<number[]>;
  /** Removes people whose expiry has passed. @returns accounts in which a user went offline */
  sweep(): Promise<number[]>;
}

/** People of one kind in an account: each is in at most one of the maps. */
interface People {
  /** Open sockets by person. */
  open: Map<number, number>;
  /** When the last socket of a person closed, the longest ago first. */
  left: Map<number, number>;
}

/** Presence of a single process. `now` is in milliseconds. */
export function openMemoryPresence(now: () => number): Presence {
  const accounts: Record<PersonKind, Map<number, People>> = { user: new Map(), contact: new Map() };
  const isFresh = (kind: PersonKind, at: number | undefined) =>
    at !== undefined && now() - at < expiryMs[kind];
  const isPresent = (kind: PersonKind, people: People | undefined, id: number) =>
    people !== undefined && (people.open.has(id) || isFresh(kind, people.left.get(id)));

  function peopleOf(kind: PersonKind, account_id: number): People {
    const people = accounts[kind].get(account_id) ?? { open: new Map(), left: new Map() };
    accounts[kind].set(account_id, people);
    return people;
  }

  function sweepKind(kind: PersonKind): number[] {
    const changed: number[] = [];
    for (const [account_id, { open, left }] of accounts[kind]) {
      const before = left.size;
      for (const [id, at] of left) {
        if (isFresh(kind, at)) break;
        left.delete(id);
      }
      if (left.size < before) changed.push(account_id);
      if (!open.size && !left.size) accounts[kind].delete(account_id);
    }
    return changed;
  }

  return {
    enter: async (account_id, kind, id) => {
      const people = peopleOf(kind, account_id);
      const wasOnline = isPresent(kind, people, id);
      people.left.delete(id);
      people.open.set(id, (people.open.get(id) ?? 0) + 1);
      return !wasOnline;
    },
    leave: async (account_id, kind, id) => {
      const { open, left } = peopleOf(kind, account_id);
      const count = (open.get(id) ?? 0) - 1;
      if (count > 0) {
        open.set(id, count);
        return;
      }
      open.delete(id);
      left.set(id, now());
    },
    isOnline: async (account_id, kind, id) => isPresent(kind, accounts[kind].get(account_id), id),
    online: async (account_id, kind) => {
      const people = accounts[kind].get(account_id);
      if (!people) return [];
      const left = [...people.left].filter(([, at]) => isFresh(kind, at)).map(([id]) => id);
      return [...people.open.keys(), ...left];
    },
    sweep: async () => {
      sweepKind('contact');
      return sweepKind('user');
    },
  };
}
