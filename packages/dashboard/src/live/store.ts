/**
 * Holds the state of one account, notifies its readers, and records which conversations events change while a request is
 * under way. React reads it with `useSyncExternalStore`, so each state is an immutable object and `subscribe` is stable.
 */
import type { AgentMessage, EventMessage, Thread } from '@hoory/client';
import type { DeskEvent } from './event.ts';
import { applyEvent, emptyState, type State } from './state.ts';
import { createThread } from './thread.ts';

export interface Store {
  readonly state: State;
  subscribe(changed: () => void): () => void;
  /** Replaces the state. Readers are notified unless `change` returns the same object. */
  update(change: (state: State) => State): void;
  applyEvent(event: DeskEvent): void;
  /** Call it before a request. The result is filled with the conversations that events change from then on. */
  trackChanges(): ChangedIds;
  /** The messages of a conversation, also before it is shown: an event that overtakes the first answer must not be lost. */
  threadOf(conversation_id: number): Thread<AgentMessage>;
  /** Copies the messages of `threadOf` into the state. */
  showThread(conversation_id: number, hasOlder: boolean): void;
}

/** One store for each account and agent: ids of conversations mean nothing in another account. */
export function createStore(me: number): Store {
  let state = emptyState(me);
  const listeners = new Set<() => void>();
  const threads = new Map<number, Thread<AgentMessage>>();
  const fetches = trackFetches();

  const set = (next: State) => {
    if (next === state) return;
    state = next;
    for (const changed of listeners) changed();
  };

  const withThread = (before: State, id: number, hasOlder: boolean): State => {
    const messages = threads.get(id)?.messages ?? [];
    return { ...before, threads: new Map(before.threads).set(id, { messages, hasOlder }) };
  };

  /** A thread that is not loaded keeps the message, and stays hidden. */
  const withMessage = (before: State, message: EventMessage): State => {
    const id = message.conversation_id;
    threads.get(id)?.apply(message);
    const shown = before.threads.get(id);
    return shown ? withThread(before, id, shown.hasOlder) : before;
  };

  return {
    get state() {
      return state;
    },
    subscribe(changed) {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    update: (change) => set(change(state)),
    applyEvent(event) {
      fetches.record(event);
      const next = applyEvent(state, event);
      const isMessage = event.event === 'message.created' || event.event === 'message.updated';
      set(isMessage ? withMessage(next, event.data) : next);
    },
    threadOf(id) {
      const thread = threads.get(id) ?? createThread();
      threads.set(id, thread);
      return thread;
    },
    showThread: (id, hasOlder) => set(withThread(state, id, hasOlder)),
    trackChanges: fetches.begin,
  };
}

/** The conversations that events have changed since a request began. */
export interface ChangedIds {
  conversations: ReadonlySet<number>;
  /** Conversations of which an event has carried every field, so that an optimistic change of them is outdated. */
  whole: ReadonlySet<number>;
}

/** `ChangedIds` while they are filled. */
interface MutableChangedIds extends ChangedIds {
  conversations: Set<number>;
  whole: Set<number>;
}

/** Records the changes of events for every request under way. */
function trackFetches(): { begin(): ChangedIds; record(event: DeskEvent): void } {
  /** Weak, so that nobody has to say when a request ends: the record goes with the last reference to it. */
  const open = new Set<WeakRef<MutableChangedIds>>();
  return {
    begin() {
      const changes = { conversations: new Set<number>(), whole: new Set<number>() };
      open.add(new WeakRef(changes));
      return changes;
    },
    record(event) {
      const changed = changedBy(event);
      for (const reference of open) {
        const changes = reference.deref();
        if (!changes) open.delete(reference);
        else if (changed) {
          changes.conversations.add(changed.id);
          if (changed.isWhole) changes.whole.add(changed.id);
        }
      }
    },
  };
}

/** The conversation that an event changes, and whether the event carries every field of it. */
function changedBy({ event, data }: DeskEvent): { id: number; isWhole: boolean } | undefined {
  switch (event) {
    case 'message.created':
    case 'message.updated':
      return { id: data.conversation_id, isWhole: false };
    case 'conversation.created':
    case 'conversation.updated':
    case 'conversation.status_changed':
    case 'conversation.read':
    case 'assignee.changed':
    case 'team.changed':
    case 'conversation.contact_changed':
    case 'conversation.mentioned':
    case 'conversation.deleted':
      return { id: data.id, isWhole: true };
    default:
      return undefined;
  }
}
