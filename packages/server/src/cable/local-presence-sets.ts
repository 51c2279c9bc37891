/** The sessions of this node in presence sets, in memory. A session is a connection's `sid`. `presence-sets.ts` states what a set is. */
import type { PresenceMember } from '@hoory/contract';

/** Milliseconds for which a member stays in its set after its socket was lost. */
export const graceMs = 15_000;
/** Most members of a set. */
export const maxMembers = 1000;

interface Member {
  member: PresenceMember;
  /** Sessions of this member, with the time in milliseconds at which a lost session expires. */
  holders: Map<string, number>;
}

export interface HeldSession {
  session: string;
  member: PresenceMember;
  /** Whether the other nodes were told of it. */
  isShared: boolean;
}

/** A member whose last session of this node is gone. */
interface MemberLeft {
  set: string;
  id: string;
}

/** Whether the member is new to the set, or was not accepted: the set is full, or the session holds another member. */
export type JoinOutcome = 'new' | 'known' | 'refused';

export class LocalPresenceSets {
  readonly #now: () => number;
  readonly #sets = new Map<string, Map<string, Member>>();
  /** Names of set and session of the shared ones. */
  readonly #shared = new Map<string, Set<string>>();

  /** @param now in milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  join(name: string, session: string, member: PresenceMember): JoinOutcome {
    const held = this.#heldBy(name, session);
    if (held && held.member.id !== member.id) return 'refused';
    const set = this.#sets.get(name) ?? new Map<string, Member>();
    const known = set.get(member.id);
    if (!known && set.size >= maxMembers) return 'refused';
    const present = known ?? { member, holders: new Map() };
    this.#sets.set(name, set.set(member.id, present));
    present.holders.set(session, Number.POSITIVE_INFINITY);
    return known ? 'known' : 'new';
  }

  /** @returns the member's id, whether or not other sessions hold it; undefined when the session held none */
  leave(name: string, session: string): string | undefined {
    const held = this.#heldBy(name, session);
    if (held) this.#release(name, held, session);
    return held?.member.id;
  }

  /** The session's socket is closed; the session may be resumed. @returns whether it held a member */
  lose(name: string, session: string): boolean {
    const held = this.#heldBy(name, session);
    held?.holders.set(session, this.#now() + graceMs);
    return held !== undefined;
  }

  has(name: string, id: string): boolean {
    return this.#sets.get(name)?.has(id) ?? false;
  }

  /** Removes lost sessions that were not resumed in time. @returns the members that left with them */
  sweep(): MemberLeft[] {
    const left: MemberLeft[] = [];
    for (const [set, members] of this.#sets)
      for (const held of members.values())
        for (const [session, until] of held.holders)
          if (until <= this.#now() && this.#release(set, held, session))
            left.push({ set, id: held.member.id });
    return left;
  }

  members(name: string): PresenceMember[] {
    return [...(this.#sets.get(name)?.values() ?? [])].map(({ member }) => member);
  }

  /** The sessions with a socket, by set. */
  held(): [set: string, sessions: HeldSession[]][] {
    return [...this.#sets].map(([name, members]) => [
      name,
      [...members.values()].flatMap(({ member, holders }) =>
        [...holders]
          .filter(([, until]) => until === Number.POSITIVE_INFINITY)
          .map(([session]) => ({ session, member, isShared: this.#shared.get(name)?.has(session) ?? false })),
      ),
    ]);
  }

  /** The other nodes were told of the session. */
  markShared(name: string, session: string): void {
    if (!this.#heldBy(name, session)) return;
    this.#shared.set(name, (this.#shared.get(name) ?? new Set()).add(session));
  }

  /** @returns whether the session was the last of its member */
  #release(name: string, { member, holders }: Member, session: string): boolean {
    const shared = this.#shared.get(name);
    if (shared?.delete(session) && !shared.size) this.#shared.delete(name);
    holders.delete(session);
    const set = this.#sets.get(name);
    if (!set || holders.size) return false;
    set.delete(member.id);
    if (!set.size) this.#sets.delete(name);
    return true;
  }

  #heldBy(name: string, session: string): Member | undefined {
    return [...(this.#sets.get(name)?.values() ?? [])].find(({ holders }) => holders.has(session));
  }
}
