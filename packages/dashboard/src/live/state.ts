/**
 * What the desk knows of conversations, and how each event changes it. The rule of every function here is
 * `state + events = state fetched anew`. They are pure and fetch nothing; what an event leaves open is named in `missing` and
 * `countsAreUnsure`, and `live.ts` fetches it. Unchanged parts keep their identity, so that React draws only what changed.
 */
import type { AgentEvents, Availability, EventConversation, EventMessage } from '@hoory/client';
import { type Conversation, fromEvent, type Person, toPerson, withMessage } from './conversation.ts';
import type { DeskEvent } from './event.ts';
import {
  type Counts,
  countNames,
  countsOf,
  isDecidedByServer,
  type List,
  placeInList,
  type Scope,
} from './lists.ts';
import type { LoadedThread } from './thread.ts';

export interface State {
  /** Id of the signed-in user. */
  me: number;
  conversations: ReadonlyMap<number, Conversation>;
  /** By `listKey`. */
  lists: ReadonlyMap<string, List>;
  /** By `scopeKey`. */
  counts: ReadonlyMap<string, { scope: Scope; counts: Counts }>;
  /** Loaded messages by conversation. */
  threads: ReadonlyMap<number, LoadedThread>;
  /** Users who are typing, by conversation. */
  typing: ReadonlyMap<number, readonly TypingUser[]>;
  /** Availability by id as text; an absent user is offline. */
  users: Readonly<Record<string, Availability>>;
  contacts: Readonly<Record<string, Availability>>;
  /** Conversations that an event named and that are not loaded. */
  missing: ReadonlySet<number>;
  /** A conversation changed whose earlier state is unknown, so the counts cannot be corrected and must be fetched. */
  countsAreUnsure: boolean;
}

/** A user of a typing event, and whether the message is a private note. */
export type TypingUser = AgentEvents['conversation.typing_on']['user'] & { isPrivate: boolean };

/** The state before the first answer. */
export const emptyState = (me: number): State => ({
  me,
  conversations: new Map(),
  lists: new Map(),
  counts: new Map(),
  threads: new Map(),
  typing: new Map(),
  users: {},
  contacts: {},
  missing: new Set(),
  countsAreUnsure: false,
});

/** The state after an event; the same object when the event does not concern it. Typing is kept by `typing.ts`. */
export function applyEvent(state: State, { event, data }: DeskEvent): State {
  switch (event) {
    case 'message.created':
    case 'message.updated':
      return putMessage(state, data);
    case 'conversation.created':
      return putEvent(state, data, 'created');
    case 'conversation.updated':
    case 'conversation.status_changed':
    case 'conversation.read':
    case 'assignee.changed':
    case 'team.changed':
    case 'conversation.contact_changed':
      return putEvent(state, data, 'changed');
    case 'conversation.mentioned':
      return markServerListsStale(putEvent(state, data, 'changed'));
    case 'conversation.deleted':
      return removeConversation(state, data.id);
    case 'contact.updated':
      return putContact(state, toPerson(data));
    case 'contact.deleted':
      return removeContact(state, data.id);
    case 'presence.update':
      return { ...state, users: data.users, contacts: data.contacts };
    default:
      return state;
  }
}

const putEvent = (state: State, data: EventConversation, origin: Origin): State =>
  putConversation(state, fromEvent(data, state.conversations.get(data.id)), origin);

/** A contact is part of each of its conversations. */
function putContact(state: State, contact: Person): State {
  const conversations = new Map(state.conversations);
  for (const one of conversations.values())
    if (one.contact.id === contact.id) conversations.set(one.id, { ...one, contact });
  return { ...state, conversations };
}

/** The conversations of a deleted contact go with it. */
const removeContact = (state: State, id: number): State =>
  [...state.conversations.values()]
    .filter(({ contact }) => contact.id === id)
    .reduce((left, one) => removeConversation(left, one.id), state);

/**
 * Where a conversation comes from, which decides about the counts when it was not loaded before: `created` is counted,
 * `fetched` is counted already, and of `changed` nobody knows how it was counted before.
 */
type Origin = 'created' | 'changed' | 'fetched';

/** Puts a conversation into the state, into every list where it belongs, and into the counts. */
export function putConversation(state: State, one: Conversation, origin: Origin): State {
  const before = state.conversations.get(one.id);
  const conversations = new Map(state.conversations).set(one.id, one);
  const lists = updateLists(state, one, one.id);
  if (!before && origin !== 'created')
    return markServerListsStale({
      ...state,
      lists,
      conversations,
      countsAreUnsure: state.countsAreUnsure || origin === 'changed',
    });
  return markServerListsStale({ ...state, lists, conversations, counts: updateCounts(state, before, one) });
}

/** Removes a conversation that is deleted, or that this agent may no longer see, with its messages. */
export function removeConversation(state: State, id: number): State {
  const before = state.conversations.get(id);
  if (!before) return state;
  const conversations = new Map(state.conversations);
  conversations.delete(id);
  const threads = new Map(state.threads);
  threads.delete(id);
  const lists = updateLists(state, undefined, id);
  return { ...state, lists, counts: updateCounts(state, before, undefined), conversations, threads };
}

/** Moves a conversation in all lists; `after` is undefined when it is gone. */
function updateLists(state: State, after: Conversation | undefined, id: number): State['lists'] {
  const find = (other: number) => state.conversations.get(other);
  return mapValues(state.lists, (list) => placeInList(list, after, { id, me: state.me, find }));
}

/** Corrects the counts by the difference of one conversation. Those of a saved filter come with its list only. */
function updateCounts(
  state: State,
  before: Conversation | undefined,
  after: Conversation | undefined,
): State['counts'] {
  return mapValues(state.counts, (entry) => {
    if (entry.scope.saved) return entry;
    const was = countsOf(before, entry.scope, state.me);
    const is = countsOf(after, entry.scope, state.me);
    if (countNames.every((name) => was[name] === is[name])) return entry;
    const counts = { ...entry.counts };
    for (const name of countNames) counts[name] = Math.max(0, counts[name] + is[name] - was[name]);
    return { ...entry, counts };
  });
}

/** A message changes its conversation. One that is not loaded cannot be made of a message and is fetched. */
function putMessage(state: State, message: EventMessage): State {
  const id = message.conversation_id;
  const conversation = state.conversations.get(id);
  if (!conversation) return markServerListsStale({ ...state, missing: new Set(state.missing).add(id) });
  return putConversation(state, withMessage(conversation, message), 'changed');
}

/** Marks the lists that only the server can decide, so that `useList` fetches them again. */
function markServerListsStale(state: State): State {
  const lists = mapValues(state.lists, (list) =>
    isDecidedByServer(list.filter) ? { ...list, stale: true } : list,
  );
  return { ...state, lists };
}

/** Agents have a name that customers see; contacts and bots have one name. */
export const nameOf = (user: TypingUser): string =>
  'available_name' in user ? user.available_name : user.name;

/** Sets the typing users of a conversation. An empty list is stored as none, so that its thread is not drawn again. */
export function withTyping(state: State, id: number, users: readonly TypingUser[]): State {
  const typing = new Map(state.typing);
  if (users.length) typing.set(id, users);
  else typing.delete(id);
  return { ...state, typing };
}

/** Maps the values of a map; returns the same map when no value changes, so that nothing is drawn again. */
export function mapValues<Key, Value>(
  map: ReadonlyMap<Key, Value>,
  change: (value: Value) => Value,
): ReadonlyMap<Key, Value> {
  let copy: Map<Key, Value> | undefined;
  for (const [key, value] of map) {
    const next = change(value);
    if (next === value) continue;
    copy ??= new Map(map);
    copy.set(key, next);
  }
  return copy ?? map;
}
