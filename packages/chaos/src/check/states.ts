/** What a follower was told last of each message, by an event or by what it fetched, is what is stored. */
import { messageState } from '../followers/follower.ts';
import type { Fetched, Received, Timed } from '../history.ts';
import type { StoredMessage } from '../stored/stored.ts';
import type { FollowerFacts, Violation } from './violation.ts';

/** A state of a message, and when the follower got it. */
interface Told {
  state: string;
  at: number;
  isFetched: boolean;
}

/** @param own what the follower received and fetched, in the order of time */
export function checkStates(
  own: readonly Timed<Received | Fetched>[],
  { follower, owed }: { follower: FollowerFacts; owed: readonly StoredMessage[] },
): Violation[] {
  const told = readTold(own);
  return owed.flatMap((message) => {
    const last = told.get(message.id) ?? [];
    // A message that it never got is another violation.
    if (last.length === 0 || last.some((one) => isStored(one, message, follower))) return [];
    const states = last.map(({ state }) => state).join(' or ');
    return [
      {
        rule: 'state is that of the last event' as const,
        text: `Message ${message.id} is ${states} by what ${follower.name} was told last, and ${stateOf(message)} is stored`,
        about: { message: message.id, conversation: message.conversation, follower: follower.name },
      },
    ];
  });
}

/**
 * The last states by message. An event is newer than everything before it. An answer is newer than what came before its request; of
 * the answer and an event that came meanwhile nobody knows which is newer, so both are kept.
 */
function readTold(own: readonly Timed<Received | Fetched>[]): ReadonlyMap<number, Told[]> {
  const told = new Map<number, Told[]>();
  for (const entry of own) {
    const { at } = entry;
    if (entry.kind === 'event') {
      if (entry.message !== undefined && entry.state !== undefined)
        told.set(entry.message, [{ state: entry.state, at, isFetched: false }]);
      continue;
    }
    for (const { id, state } of entry.messages) {
      const meanwhile = (told.get(id) ?? []).filter((one) => one.at >= entry.askedAt);
      told.set(id, [...meanwhile, { state, at, isFetched: true }]);
    }
  }
  return told;
}

function isStored({ state, isFetched }: Told, message: StoredMessage, { role }: FollowerFacts): boolean {
  // Customers fetch messages without their status (client-api.md 2.5).
  const isPartial = isFetched && role === 'customer';
  return state === stateOf(isPartial ? { ...message, status: undefined } : message);
}

const stateOf = ({
  content,
  status,
  attributes,
}: Omit<StoredMessage, 'status'> & { status: string | undefined }): string =>
  messageState({ content, status, content_attributes: JSON.parse(attributes) });
