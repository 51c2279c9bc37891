/**
 * What the desk knows of conversations, and how each event changes it: `state + events = state fetched anew`. Plain
 * functions; nothing here fetches. What an event cannot tell is named in `missing`.
 */
import type { AgentEvents, Availability, EventConversation, EventMessage } from '@hoory/client';
import { type Conversation, fromEvent, toPerson, withMessage } from './conversation.ts';
import { type Counts, isServed, type List, place, type Scope, share } from './lists.ts';
import type { LoadedThread } from './thread.ts';

export interface State {
  /** The signed-in user. */
  me: number;
  conversations: ReadonlyMap<number, Conversation>;
  lists: ReadonlyMap<string, List>;
  counts: ReadonlyMap<string, { scope: Scope; counts: Counts }>;
  threads: ReadonlyMap<number, LoadedThread>;
  /** Who types, by conversation. */
  typing: ReadonlyMap<number, readonly TypingUser[]>;
  /** By id as text; who is not named is offline. */
  users: Readonly<Record<string, Availability>>;
  contacts: Readonly<Record<string, Availability>>;
  /** Conversations that an event spoke of and that must be fetched. */
  missing: ReadonlySet<number>;
  /** A conversation changed that was not known before: the counts must be fetched. */
  countsAreUnsure: boolean;
}

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

type Events = { [Name in keyof AgentEvents]?: (state: State, data: AgentEvents[Name]) => State };

const changed = (state: State, data: EventConversation): State =>
  putConversation(state, fromEvent(data, state.conversations.get(data.id)), 'changed');

const appliers: Events = {
  'message.created': putMessage,
  'message.updated': putMessage,
  'conversation.created': (state, data) =>
    putConversation(state, fromEvent(data, state.conversations.get(data.id)), 'created'),
  'conversation.updated': changed,
  'conversation.status_changed': changed,
  'conversation.read': changed,
  'assignee.changed': changed,
  'team.changed': changed,
  'conversation.contact_changed': changed,
  'conversation.mentioned': (state, data) => staleServed(changed(state, data)),
  'contact.updated': (state, contact) => {
    const conversations = new Map(state.conversations);
    for (const one of conversations.values())
      if (one.contact.id === contact.id) conversations.set(one.id, { ...one, contact: toPerson(contact) });
    return { ...state, conversations };
  },
  'contact.deleted': (state, { id }) =>
    [...state.conversations.values()]
      .filter(({ contact }) => contact.id === id)
      .reduce((left, one) => removeConversation(left, one.id), state),
  'presence.update': (state, { users, contacts }) => ({ ...state, users, contacts }),
};

/** The state after an event; the same state when the event does not concern it. */
export function apply(state: State, event: string, data: unknown): State {
  const applier = appliers[event as keyof AgentEvents] as
    | ((state: State, data: unknown) => State)
    | undefined;
  return applier ? applier(state, data) : state;
}

/**
 * Puts a conversation where it belongs: in every list, and into the counts. `why` says what to make of one that was not
 * known: `created` counts it, `fetched` finds it counted, `changed` cannot tell.
 */
export function putConversation(
  state: State,
  one: Conversation,
  why: 'created' | 'changed' | 'fetched',
): State {
  const before = state.conversations.get(one.id);
  const conversations = new Map(state.conversations).set(one.id, one);
  const lists = placeInLists(state, one, one.id);
  if (!before && why !== 'created')
    return staleServed({
      ...state,
      lists,
      conversations,
      countsAreUnsure: state.countsAreUnsure || why === 'changed',
    });
  return staleServed({ ...state, lists, conversations, counts: count(state, before, one) });
}

/** It is gone, or not to be seen any more. */
export function removeConversation(state: State, id: number): State {
  const before = state.conversations.get(id);
  if (!before) return state;
  const conversations = new Map(state.conversations);
  conversations.delete(id);
  const threads = new Map(state.threads);
  threads.delete(id);
  const lists = placeInLists(state, undefined, id);
  return { ...state, lists, counts: count(state, before, undefined), conversations, threads };
}

function placeInLists(state: State, after: Conversation | undefined, id: number): State['lists'] {
  const find = (other: number) => state.conversations.get(other);
  return mapValues(state.lists, (list) => place(list, after, { id, me: state.me, find }));
}

function count(
  state: State,
  before: Conversation | undefined,
  after: Conversation | undefined,
): State['counts'] {
  return mapValues(state.counts, (entry) => {
    if (entry.scope.saved) return entry;
    const was = share(before, entry.scope, state.me);
    const is = share(after, entry.scope, state.me);
    const names = Object.keys(entry.counts) as (keyof Counts)[];
    if (names.every((name) => was[name] === is[name])) return entry;
    const counts = { ...entry.counts };
    for (const name of names) counts[name] = Math.max(0, counts[name] + is[name] - was[name]);
    return { ...entry, counts };
  });
}

function putMessage(state: State, message: EventMessage): State {
  const id = message.conversation_id;
  const conversation = state.conversations.get(id);
  if (!conversation) return staleServed({ ...state, missing: new Set(state.missing).add(id) });
  return putConversation(state, withMessage(conversation, message), 'changed');
}

/** Lists that only the server can decide are asked for again. */
function staleServed(state: State): State {
  const lists = mapValues(state.lists, (list) => (isServed(list.filter) ? { ...list, stale: true } : list));
  return { ...state, lists };
}

/** Agents have a name for customers, contacts and bots only one. */
export const nameOf = (user: TypingUser): string =>
  'available_name' in user ? user.available_name : user.name;

/** Nobody typing leaves no entry, so that a thread where nobody types is not drawn again. */
export function withTyping(state: State, id: number, users: readonly TypingUser[]): State {
  const typing = new Map(state.typing);
  if (users.length) typing.set(id, users);
  else typing.delete(id);
  return { ...state, typing };
}

/** The same map when nothing in it changed, so that nothing is drawn again. */
export function mapValues<Key, Value>(
  map: ReadonlyMap<Key, Value>,
  change: (value: Value) => Value,
): ReadonlyMap<Key, Value> {
  let result = map;
  for (const [key, value] of map) {
    const next = change(value);
    if (next === value) continue;
    if (result === map) result = new Map(map);
    (result as Map<Key, Value>).set(key, next);
  }
  return result;
}
