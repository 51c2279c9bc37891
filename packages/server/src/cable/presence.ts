/**
 * Presence is what this process has heard lately, and stored nowhere: it is shown, and decides who is offered a conversation
 * by turns; the conversation itself is given in a transaction that looks at the stored row. After a restart nobody is online
 * until the next sign of life.
 *
 * Who has been seen lately, per account (cable.md B.4): users and contacts with the moment of their last sign of life.
 * What `presence.update` says of it is left to `presence-update.ts`.
 */

export type PersonKind = 'user' | 'contact';

/**
 * Milliseconds for which somebody counts as online after the last sign of life: two and a half heartbeats of the usual clients,
 * 20 s for agents and 60 s for customers (cable.md B.4). With one heartbeat agents would be offline whenever one is late.
 */
const expiry: Record<PersonKind, number> = { user: 50_000, contact: 150_000 };

export interface Presence {
  /** Notes a sign of life. @returns whether the person was not online before */
  see(account_id: number, kind: PersonKind, id: number): Promise<boolean>;
  isOnline(account_id: number, kind: PersonKind, id: number): Promise<boolean>;
  /** Ids of everybody of a kind who is online. */
  online(account_id: number, kind: PersonKind): Promise<number[]>;
  /** Forgets who has not been seen for too long. @returns accounts in which a user went offline by it */
  sweep(): Promise<number[]>;
}

/** Presence of a single process. `now` is in milliseconds. */
export function openMemoryPresence(now: () => number): Presence {
  // Ordered by last sign of life, the longest silent first.
  const seen: Record<PersonKind, Map<number, Map<number, number>>> = { user: new Map(), contact: new Map() };
  const isFresh = (kind: PersonKind, at: number | undefined) => at !== undefined && now() - at < expiry[kind];

  function sweepKind(kind: PersonKind): number[] {
    const changed: number[] = [];
    for (const [account_id, people] of seen[kind]) {
      const before = people.size;
      for (const [id, at] of people) {
        if (isFresh(kind, at)) break;
        people.delete(id);
      }
      if (people.size < before) changed.push(account_id);
      if (!people.size) seen[kind].delete(account_id);
    }
    return changed;
  }

  return {
    see: async (account_id, kind, id) => {
      let people = seen[kind].get(account_id);
      if (!people) {
        people = new Map();
        seen[kind].set(account_id, people);
      }
      const wasOnline = isFresh(kind, people.get(id));
      people.delete(id);
      people.set(id, now());
      return !wasOnline;
    },
    isOnline: async (account_id, kind, id) => isFresh(kind, seen[kind].get(account_id)?.get(id)),
    online: async (account_id, kind) =>
      [...(seen[kind].get(account_id) ?? [])].filter(([, at]) => isFresh(kind, at)).map(([id]) => id),
    sweep: async () => {
      sweepKind('contact');
      return sweepKind('user');
    },
  };
}
