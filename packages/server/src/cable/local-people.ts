/** The people with sockets on this node, or who had one a moment ago, by account and kind. `presence.ts` states when they are online. */

export type PersonKind = 'user' | 'contact';

/**
 * Milliseconds for which a person counts as online without a socket: two and a half heartbeats of the usual clients, 20 s for
 * agents and 60 s for customers (cable.md B.4), so that clients which reconnect only at their next heartbeat stay online.
 */
const expiryMs: Record<PersonKind, number> = { user: 50_000, contact: 150_000 };

/** The people of one kind in an account. */
export interface Group {
  account_id: number;
  kind: PersonKind;
}

/** Each person is in at most one of the maps. */
interface People {
  /** Open sockets by person. */
  open: Map<number, number>;
  /** When the last socket of a person closed, in milliseconds, the longest ago first. */
  left: Map<number, number>;
}

export class LocalPeople {
  readonly #now: () => number;
  readonly #accounts: Record<PersonKind, Map<number, People>> = { user: new Map(), contact: new Map() };

  /** @param now in milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  enter(group: Group, id: number): void {
    const people = this.#find(group) ?? { open: new Map(), left: new Map() };
    this.#accounts[group.kind].set(group.account_id, people);
    people.left.delete(id);
    people.open.set(id, (people.open.get(id) ?? 0) + 1);
  }

  leave(group: Group, id: number): void {
    const people = this.#find(group);
    const count = people?.open.get(id);
    if (!people || count === undefined) return;
    if (count > 1) {
      people.open.set(id, count - 1);
      return;
    }
    people.open.delete(id);
    people.left.set(id, this.#now());
  }

  /** Whether a socket of the person is open. */
  isOpen(group: Group, id: number): boolean {
    return this.#find(group)?.open.has(id) ?? false;
  }

  isPresent(group: Group, id: number): boolean {
    return this.isOpen(group, id) || this.#isFresh(group.kind, this.#find(group)?.left.get(id));
  }

  /** When the person goes offline unless a socket of theirs is then open, in milliseconds. Undefined for an unknown person. */
  expiresAt(group: Group, id: number): number | undefined {
    const people = this.#find(group);
    const from = people?.open.has(id) ? this.#now() : people?.left.get(id);
    return from === undefined ? undefined : from + expiryMs[group.kind];
  }

  list(group: Group): number[] {
    const people = this.#find(group);
    if (!people) return [];
    const left = [...people.left].filter(([, at]) => this.#isFresh(group.kind, at)).map(([id]) => id);
    return [...people.open.keys(), ...left];
  }

  groups(): Group[] {
    const kinds: PersonKind[] = ['user', 'contact'];
    return kinds.flatMap((kind) =>
      [...this.#accounts[kind].keys()].map((account_id) => ({ account_id, kind })),
    );
  }

  /** Removes people whose expiry has passed. @returns the groups that they left */
  sweep(): Group[] {
    return this.groups().filter((group) => this.#sweepGroup(group));
  }

  #sweepGroup({ account_id, kind }: Group): boolean {
    const people = this.#accounts[kind].get(account_id);
    if (!people) return false;
    const { open, left } = people;
    const before = left.size;
    for (const [id, at] of left) {
      if (this.#isFresh(kind, at)) break;
      left.delete(id);
    }
    if (!open.size && !left.size) this.#accounts[kind].delete(account_id);
    return left.size < before;
  }

  #find({ account_id, kind }: Group): People | undefined {
    return this.#accounts[kind].get(account_id);
  }

  #isFresh(kind: PersonKind, at: number | undefined): boolean {
    return at !== undefined && this.#now() - at < expiryMs[kind];
  }
}
