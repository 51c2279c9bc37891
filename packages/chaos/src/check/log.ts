/** The log as its followers have seen it: which event is at which offset of which stream. */
import { entriesOf, type Position, type Received, type Timed } from '../history.ts';
import type { Evidence, Violation } from './violation.ts';

export interface SeenLog {
  /** Every place where an event may have stood: its own position, or all positions with equal data. */
  placesOf(received: Received, streams: ReadonlyMap<string, number>): Pick<Position, 'stream' | 'offset'>[];
  /** Two followers that saw different events at one position. */
  conflicts: Violation[];
}

export function readSeenLog({ entries }: Pick<Evidence, 'entries'>): SeenLog {
  const byPosition = new Map<string, Timed<Received>>();
  const byDigest = new Map<string, Pick<Position, 'stream' | 'offset'>[]>();
  const conflicts: Violation[] = [];
  for (const received of entriesOf(entries, 'event')) {
    const { position, follower, digest, event } = received;
    if (!position) continue;
    const name = `${position.stream} ${position.epoch} ${position.offset}`;
    const other = byPosition.get(name);
    if (!other) {
      byPosition.set(name, received);
      const contents = contentsOf(received);
      byDigest.set(contents, [...(byDigest.get(contents) ?? []), position]);
    } else if (other.digest !== digest || other.event !== event) {
      const text = `At offset ${position.offset} ${follower} received ${event}, and ${other.follower} ${other.event}`;
      conflicts.push({ rule: 'one order', text, about: subjectOf(received) });
    }
  }
  return {
    conflicts,
    placesOf: (received, streams) =>
      received.position
        ? [received.position]
        : (byDigest.get(contentsOf(received)) ?? []).filter(({ stream }) => streams.has(stream)),
  };
}

const contentsOf = ({ event, digest }: Received): string => `${event} ${digest}`;

export const subjectOf = ({ message, conversation, follower }: Received): Violation['about'] => ({
  message,
  conversation,
  follower,
});
