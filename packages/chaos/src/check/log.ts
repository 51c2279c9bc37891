/** The log as its followers have seen it: which event is at which offset of which stream. */
import { entriesOf, type Position, type Received, type Timed } from '../history.ts';
import type { Evidence, FollowerFacts, Violation } from './violation.ts';

export type Place = Pick<Position, 'stream' | 'offset'>;
type Reach = Pick<FollowerFacts, 'from' | 'to'>;

export interface SeenLog {
  /** Every place where an event at a follower may have stood: its own position, or all positions with equal data. */
  placesOf(received: Received, follower: Reach): readonly Place[];
  /** The places that nobody has seen, where the event may have stood as well: data of events other than a creation may be equal. */
  unseenPlacesOf(received: Received, follower: Reach): readonly Place[];
  /** Two followers that saw different events at one position. */
  conflicts: Violation[];
}

export function readSeenLog({ entries }: Pick<Evidence, 'entries'>): SeenLog {
  const byPosition = new Map<string, Timed<Received>>();
  const byContents = new Map<string, Place[]>();
  const unseen = openUnseen();
  const conflicts: Violation[] = [];
  for (const received of entriesOf(entries, 'event')) {
    const { position, follower, digest, event } = received;
    if (!position) continue;
    unseen.see(event, position);
    const name = `${position.stream} ${position.epoch} ${position.offset}`;
    const other = byPosition.get(name);
    if (!other) {
      byPosition.set(name, received);
      const contents = contentsOf(received);
      byContents.set(contents, [...(byContents.get(contents) ?? []), position]);
    } else if (other.digest !== digest || other.event !== event) {
      const text = `At offset ${position.offset} ${follower} received ${event}, and ${other.follower} ${other.event}`;
      conflicts.push({ rule: 'one order', text, about: subjectOf(received) });
    }
  }
  const placesOf: SeenLog['placesOf'] = (received, follower) => {
    if (received.position) return [received.position];
    const places = byContents.get(contentsOf(received)) ?? [];
    return places.filter(({ stream }) => follower.to.has(stream));
  };
  const hasOnePlace = (received: Received, follower: Reach) =>
    received.position || (received.event === 'message.created' && placesOf(received, follower).length > 0);
  return {
    conflicts,
    placesOf,
    unseenPlacesOf: (received, follower) =>
      hasOnePlace(received, follower) ? [] : unseen.placesFor(received.event, follower),
  };
}

/**
 * The places that no follower with positions has seen. There are some after a restore: those followers were told to fetch anew, and
 * what they had not received by then may have reached only a follower without positions.
 */
function openUnseen() {
  const seen = new Map<string, Set<number>>();
  const streamsByEvent = new Map<string, Set<string>>();
  const known = new Map<string, Place[]>();
  const find = (stream: string, from: number, to: number): Place[] => {
    const name = `${stream} ${from} ${to}`;
    const places =
      known.get(name) ??
      rangeOf(from + 1, to)
        .filter((offset) => !seen.get(stream)?.has(offset))
        .map((offset) => ({ stream, offset }));
    known.set(name, places);
    return places;
  };
  return {
    see: (event: string, { stream, offset }: Place) => {
      seen.set(stream, (seen.get(stream) ?? new Set()).add(offset));
      streamsByEvent.set(event, (streamsByEvent.get(event) ?? new Set()).add(stream));
    },
    placesFor: (event: string, { from, to }: Reach): Place[] => {
      // All events of one name are in one of the streams of a person (cable.md C.3).
      const own = [...to.keys()].filter((stream) => streamsByEvent.get(event)?.has(stream));
      const streams = own.length ? own : [...to.keys()];
      return streams.flatMap((stream) => find(stream, from.get(stream) ?? 0, to.get(stream) ?? 0));
    },
  };
}

const rangeOf = (first: number, last: number): number[] =>
  Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);

const contentsOf = ({ event, digest }: Received): string => `${event} ${digest}`;

export const subjectOf = ({ message, conversation, follower }: Received): Violation['about'] => ({
  message,
  conversation,
  follower,
});
