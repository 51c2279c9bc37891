/**
 * What the desk knows of conversations, and how each event changes it: `state + events = state fetched anew`. Plain
 * functions; nothing here fetches. What an event cannot tell is named in `missing`.
 */
import type { AgentEvents, Availability, EventConversation, EventMessage } from '@hoory/client';
import { type Conversation, fromEvent, toPerson, withMessage } from './conversation.ts';
import { type Counts, isServed, type List, place, type Scope, share } from './lists.ts';
import { type Thread, withEvent } from './thread.ts';

export interface State {
  /** The signed-in user. */
  me: number;
  conversations: ReadonlyMap<number, Conversation>;
  lists: ReadonlyMap<string, List>;
  counts: ReadonlyMap<string, { scope: Scope; counts: Counts }>;
  threads: ReadonlyMap<number, Thread>;
  typing: ReadonlyMap<number, readonly Typist[]>;
  /** By id as text; who is not named is offline. */
  users: Readonly<Record<string, Availability>>;
  contacts: Readonly<Record<string, Availability>>;
  /** Conversations that an event spoke of and that must be fetched. */
  missing: ReadonlySet<number>;
  /** A conversation changed that was not known before: the counts must be fetched. */
  countsAreUnsure: boolean;
}

export interface Typist {
  /** `contact:31`, `user:7` */
  key: string;
  name: string;
  isPrivate: boolean;
}

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
  'message.created': (state, data) => stopTyping(putMessage(state, data), data),
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
  'conversation.typing_on': (state, data) => setTyping(state, data, true),
  'conversation.typing_off': (state, data) => setTyping(state, data, false),
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
  const thread = state.threads.get(id);
  const threads = thread ? new Map(state.threads).set(id, withEvent(thread, message)) : state.threads;
  const conversation = state.conversations.get(id);
  if (!conversation) return staleServed({ ...state, threads, missing: new Set(state.missing).add(id) });
  return putConversation({ ...state, threads }, withMessage(conversation, message), 'changed');
}

/** Lists that only the server can decide are asked for again. */
function staleServed(state: State): State {
  const lists = mapValues(state.lists, (list) => (isServed(list.filter) ? { ...list, stale: true } : list));
  return { ...state, lists };
}

function setTyping(
  state: State,
  { conversation, user, is_private }: AgentEvents['conversation.typing_on'],
  on: boolean,
): State {
  const key = `${user.type}:${user.id}`;
  const others = (state.typing.get(conversation.id) ?? []).filter((typist) => typist.key !== key);
  const name = 'available_name' in user ? user.available_name : user.name;
  const typists = on ? [...others, { key, name, isPrivate: is_private }] : others;
  return withTypists(state, conversation.id, typists);
}

/** Who has written has stopped typing, whether or not it is said. */
function stopTyping(state: State, { conversation_id, sender }: EventMessage): State {
  const typists = state.typing.get(conversation_id);
  if (!typists || !sender) return state;
  const key = `${sender.type}:${sender.id}`;
  return withTypists(
    state,
    conversation_id,
    typists.filter((typist) => typist.key !== key),
  );
}

export function withTypists(state: State, id: number, typists: readonly Typist[]): State {
  const typing = new Map(state.typing);
  if (typists.length) typing.set(id, typists);
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
