/**
 * Presence sets of the extended protocol (cable.md D.5): members that clients name themselves, apart from who is online. They
 * are only shown to other clients of the stream; nothing stored depends on them.
 */
import type { PresenceMember } from '@hoory/contract';

/** How long a member stays after its socket was lost, in milliseconds. */
const grace = 15_000;
/** Members of one set; who comes after them is not kept. */
const maxMembers = 1000;

interface Present {
  member: PresenceMember;
  /** Sessions that hold this member; the number is when a lost one lets go. */
  holders: Map<string, number>;
}

export interface Left {
  stream: string;
  id: string;
}

/** Opens the sets of this process. A session is a connection's `sid`. */
export function openPresenceSets(now: () => number) {
  const sets = new Map<string, Map<string, Present>>();
  const heldBy = (stream: string, session: string) =>
    [...(sets.get(stream)?.values() ?? [])].find(({ holders }) => holders.has(session));

  function letGo(stream: string, id: string, session: string): boolean {
    const set = sets.get(stream);
    const present = set?.get(id);
    if (!set || !present?.holders.delete(session) || present.holders.size) return false;
    set.delete(id);
    if (!set.size) sets.delete(stream);
    return true;
  }

  return {
    /** @returns whether the member is new to the set. A session cannot hold a second member of a stream: ignored. */
    join(stream: string, session: string, member: PresenceMember): boolean {
      const held = heldBy(stream, session);
      if (held && held.member.id !== member.id) return false;
      const set = sets.get(stream) ?? new Map<string, Present>();
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
      return id !== undefined && letGo(stream, id, session) ? id : undefined;
    },

    /** The session's socket is gone; it may come back. */
    lose(stream: string, session: string): void {
      heldBy(stream, session)?.holders.set(session, now() + grace);
    },

    /** Removes lost sessions whose time is over. @returns who left by it */
    sweep(): Left[] {
      const left: Left[] = [];
      for (const [stream, set] of sets)
        for (const [id, { holders }] of set)
          for (const [session, until] of holders)
            if (until <= now() && letGo(stream, id, session)) left.push({ stream, id });
      return left;
    },

    members: (stream: string): PresenceMember[] =>
      [...(sets.get(stream)?.values() ?? [])].map(({ member }) => member),
  };
}
