/**
 * Presence sets of the extended protocol (cable.md D.5): members that clients name themselves, independent of who is online. They are
 * sent only to other clients of the stream; no stored data depends on them. This file has the sets of a single process,
 * `redis-presence-sets.ts` those of several nodes.
 */
import type { PresenceMember, PresenceMessage } from '@hoory/contract';
import { LocalPresenceSets } from './local-presence-sets.ts';

/** A session is a connection's `sid`. */
export interface PresenceSets {
  /** A second member of the same session, and a member beyond those of a full set, is ignored. */
  join(set: string, session: string, member: PresenceMember): Promise<void>;
  leave(set: string, session: string): Promise<void>;
  /** The session's socket is closed; the session may be resumed. */
  lose(set: string, session: string): void;
  members(set: string): Promise<PresenceMember[]>;
  /** Called a few times a second: removes lost sessions that were not resumed in time. Never rejects. */
  sweep(): Promise<void>;
  close(): void;
}

/** A change of a set as its subscribers are told it. */
export type PresenceNotice = Extract<PresenceMessage, { type: 'join' | 'leave' }>;

export interface PresenceSetsOptions {
  /** In milliseconds. */
  now: () => number;
  /** Called for each member who came or left, on one node. */
  announce(set: string, notice: PresenceNotice): void;
}

/** Opens the sets of a single process. */
export function openMemoryPresenceSets({ now, announce }: PresenceSetsOptions): PresenceSets {
  const sets = new LocalPresenceSets(now);
  return {
    join: async (set, session, member) => {
      if (sets.join(set, session, member) === 'new') announce(set, { type: 'join', ...member });
    },
    leave: async (set, session) => {
      const id = sets.leave(set, session);
      if (id !== undefined && !sets.has(set, id)) announce(set, { type: 'leave', id });
    },
    lose: (set, session) => void sets.lose(set, session),
    members: async (set) => sets.members(set),
    sweep: async () => {
      for (const { set, id } of sets.sweep()) announce(set, { type: 'leave', id });
    },
    close: () => {},
  };
}

const noticeStart = '{"type":"';

/** A notice as the payload of a transient on the set's stream. */
export const toPayload = ({ type, ...rest }: PresenceNotice): string => JSON.stringify({ type, ...rest });

/** Whether a transient of a stream is a notice about its set; the others are events. */
export const isPresenceNotice = (payload: string): boolean => payload.startsWith(noticeStart);
