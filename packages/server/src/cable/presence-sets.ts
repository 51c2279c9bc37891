/**
 * Presence sets of the extended protocol (cable.md D.5): members that clients name themselves, independent of who is online. They are
 * in memory and sent only to other clients of the stream; no stored data depends on them.
 */
import type { PresenceMember } from '@hoory/contract';

/** Time for which a member stays in its set after its socket was lost. */
const graceMs = 15_000;
/** Most members of a set. */
const maxMembers = 1000;

interface HeldMember {
  member: PresenceMember;
  /** Sessions of this member, with the time in milliseconds at which a lost session expires. */
  holders: Map<string, number>;
}

/** A member that left a set. */
export interface MemberLeft {
  stream: string;
  id: string;
}

/** Opens the sets of this process. A session is a connection's `sid`. */
export function openPresenceSets(now: () => number) {
  const sets = new Map<string, Map<string, HeldMember>>();
  const heldBy = (stream: string, session: string) =>
    [...(sets.get(stream)?.values() ?? [])].find(({ holders }) => holders.has(session));

  function release(stream: string, id: string, session: string): boolean {
    const set = sets.get(stream);
    const present = set?.get(id);
    if (!set || !present?.holders.delete(session) || present.holders.size) return false;
    set.delete(id);
    if (!set.size) sets.delete(stream);
    return true;
  }

  return {
    /** @returns whether the member is new to the set. A second member of the same session is ignored. */
    join(stream: string, session: string, member: PresenceMember): boolean {
      const held = heldBy(stream, session);
      if (held && held.member.id !== member.id) return false;
      const set = sets.get(stream) ?? new Map<string, HeldMember>();
      sets.set(stream, set);
      const known = set.get(member.id);
      if (!known && set.size >= maxMembers) return false;
      const present = known ?? { member, holders: new Map() };
      set.set(member.id, present);
      present.holders.set(session, Number.POSITIVE_INFINITY);
      return !known;
    },

    /** @returns the member's id when its last session left */
    leave(stream: string, session: string): string | undefined {
      const id = heldBy(stream, session)?.member.id;
      return id !== undefined && release(stream, id, session) ? id : undefined;
    },

    /** The session's socket is closed; the session may be resumed. */
    lose(stream: string, session: string): void {
      heldBy(stream, session)?.holders.set(session, now() + graceMs);
    },

    /** Removes lost sessions that were not resumed in time. @returns the members that left with them */
    sweep(): MemberLeft[] {
      const left: MemberLeft[] = [];
      for (const [stream, set] of sets)
        for (const [id, { holders }] of set)
          for (const [session, until] of holders)
            if (until <= now() && release(stream, id, session)) left.push({ stream, id });
      return left;
    },

    members: (stream: string): PresenceMember[] =>
      [...(sets.get(stream)?.values() ?? [])].map(({ member }) => member),
  };
}
