/** Messages at followers and in the API: all of them, in one order, in their last state, and none that is not for the reader. */
import type { Fetched, Received, Timed } from '../history.ts';
import type { StoredMessage } from '../stored/stored.ts';
import { checkStates } from './states.ts';
import type { Evidence, FollowerFacts, Violation } from './violation.ts';

export function checkMessages(evidence: Evidence): Violation[] {
  const owners = new Map(evidence.stored.database.conversations.map(({ id, source_id }) => [id, source_id]));
  return [
    ...evidence.followers.flatMap((follower) => checkFollower(evidence, { follower, owners })),
    ...checkApi(evidence, owners),
    ...evidence.stored.database.logGaps.map(({ stream, missing }): Violation => {
      const text = `The log of ${stream} lacks ${missing} entries`;
      return { rule: 'received all', text, about: {} };
    }),
  ];
}

/** By conversation, the session that it belongs to. */
type Owners = ReadonlyMap<number, string>;

interface AtFollower {
  follower: FollowerFacts;
  owners: Owners;
}

/** Activities and private notes are for agents only (cable.md C.6). */
const isForCustomer = ({ type, isPrivate }: StoredMessage): boolean => type !== 2 && !isPrivate;

function checkFollower(evidence: Evidence, { follower, owners }: AtFollower): Violation[] {
  const own = evidence.entries.filter(
    (entry): entry is Timed<Received | Fetched> =>
      (entry.kind === 'event' || entry.kind === 'fetch') && entry.follower === follower.name,
  );
  const owed = evidence.stored.database.messages.filter(
    (message) =>
      follower.role === 'agent' ||
      (isForCustomer(message) && owners.get(message.conversation) === follower.source_id),
  );
  return [
    ...checkOrder(own, follower),
    ...checkOwed(own, { follower, owed }),
    ...checkUnknown(own, { follower, owed, stored: evidence.stored.database.messages }),
    ...checkNotes(own, follower),
    ...checkStates(own, { follower, owed }),
  ];
}

const idsOf = ({ messages }: Fetched): number[] => messages.map(({ id }) => id);

const isCreation = (entry: Timed<Received | Fetched>): entry is Timed<Received> =>
  entry.kind === 'event' && entry.event === 'message.created';

/** Ids of messages grow in each conversation. */
function checkOrder(own: readonly Timed<Received | Fetched>[], { name }: FollowerFacts): Violation[] {
  const last = new Map<number, number>();
  return own.filter(isCreation).flatMap(({ conversation = 0, message = 0 }): Violation[] => {
    const before = last.get(conversation) ?? 0;
    last.set(conversation, Math.max(before, message));
    if (message > before) return [];
    const about = { message, conversation, follower: name };
    return message === before
      ? [{ rule: 'received once', text: `${name} received message ${message} twice`, about }]
      : [{ rule: 'one order', text: `${name} received message ${message} after ${before}`, about }];
  });
}

function checkOwed(
  own: readonly Timed<Received | Fetched>[],
  { follower, owed }: { follower: FollowerFacts; owed: readonly StoredMessage[] },
): Violation[] {
  const has = new Set(
    own.flatMap((entry) =>
      entry.kind === 'fetch' ? idsOf(entry) : isCreation(entry) ? [entry.message] : [],
    ),
  );
  return owed
    .filter(({ id }) => !has.has(id))
    .map(({ id, conversation }) => ({
      rule: 'received all',
      text: `${follower.name} neither received nor fetched message ${id}`,
      about: { message: id, conversation, follower: follower.name },
    }));
}

/** What is not stored, and what belongs to somebody else. */
function checkUnknown(
  own: readonly Timed<Received | Fetched>[],
  {
    follower,
    owed,
    stored,
  }: { follower: FollowerFacts; owed: readonly StoredMessage[]; stored: readonly StoredMessage[] },
): Violation[] {
  const owedIds = new Set(owed.map(({ id }) => id));
  const storedIds = new Map(stored.map((message) => [message.id, message]));
  const seen = new Set(
    own.flatMap((entry) => (entry.kind === 'fetch' ? idsOf(entry) : (entry.message ?? []))),
  );
  return [...seen].flatMap((id): Violation[] => {
    if (owedIds.has(id)) return [];
    const message = storedIds.get(id);
    const about = { message: id, conversation: message?.conversation, follower: follower.name };
    if (!message)
      return [
        { rule: 'stored once', text: `${follower.name} received message ${id}, which is not stored`, about },
      ];
    const rule = isForCustomer(message) ? 'only to the entitled' : 'no note at a customer';
    return [{ rule, text: `${follower.name} received message ${id}, which is not for it`, about }];
  });
}

const checkNotes = (own: readonly Timed<Received | Fetched>[], { name, role }: FollowerFacts): Violation[] =>
  role === 'agent'
    ? []
    : own.flatMap(({ notes = [], conversation }) =>
        notes.map((key) => ({
          rule: 'no note at a customer' as const,
          text: `${name} received the text of ${key}`,
          about: { key, conversation, follower: name },
        })),
      );

/** The lists of the API are those of the database, in its order. */
function checkApi({ stored }: Evidence, owners: Owners): Violation[] {
  const all = new Map<number, StoredMessage[]>();
  for (const message of stored.database.messages)
    all.set(message.conversation, [...(all.get(message.conversation) ?? []), message]);
  const compare = (
    who: string,
    { id, messages }: { id: number; messages: number[] },
    fits: (message: StoredMessage) => boolean,
  ) => {
    const expected = (all.get(id) ?? []).filter(fits).map((message) => message.id);
    if (expected.join() === messages.join()) return [];
    const odd = [...expected, ...messages].find((one) => !expected.includes(one) || !messages.includes(one));
    const text = `${who} reads ${messages.length} messages in conversation ${id}, and ${expected.length} are stored`;
    return [{ rule: 'one order' as const, text, about: { conversation: id, message: odd } }];
  };
  return [
    ...stored.api.conversations.flatMap((conversation) => compare('An agent', conversation, () => true)),
    ...[...stored.api.customers].flatMap(([source_id, conversations]) => [
      ...conversations.flatMap((conversation) => compare('A customer', conversation, isForCustomer)),
      ...conversations.flatMap(({ id, notes = [] }) => {
        const leaks = notes.map((key) => ({ key, text: `A customer reads the text of ${key}` }));
        return leaks.map(({ key, text }) => ({
          rule: 'no note at a customer' as const,
          text,
          about: { key, conversation: id },
        }));
      }),
      ...conversations
        .filter(({ id }) => owners.get(id) !== source_id)
        .map(({ id }) => ({
          rule: 'only to the entitled' as const,
          text: `A customer reads conversation ${id}, which is not theirs`,
          about: { conversation: id },
        })),
    ]),
  ];
}
