/** Holds the state, notifies its readers, and records which conversations events change while an answer is under way. */
import type { AgentMessage, EventMessage, Thread } from '@hoory/client';
import { apply, emptyState, type State } from './state.ts';
import { createThread } from './thread.ts';

export interface Store {
  readonly state: State;
  subscribe(changed: () => void): () => void;
  update(change: (state: State) => State): void;
  event(name: string, data: unknown): void;
  /** Call it before a fetch: the result names what events have changed since. */
  since(): Readonly<Touched>;
  /** The messages of a conversation, whether or not it is loaded: events before the first answer are newer than that. */
  threadOf(conversation_id: number): Thread<AgentMessage>;
  /** Shows the messages as they are in `threadOf`. */
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
    event(name, data) {
      fetches.mark(name, data as Ids);
      const next = apply(state, name, data);
      const isMessage = name === 'message.created' || name === 'message.updated';
      set(isMessage ? withMessage(next, data as EventMessage) : next);
    },
    threadOf(id) {
      const thread = threads.get(id) ?? createThread();
      threads.set(id, thread);
      return thread;
    },
    showThread: (id, hasOlder) => set(withThread(state, id, hasOlder)),
    since: fetches.begin,
  };
}

/** What events have changed since a fetch began. */
export interface Touched {
  conversations: ReadonlySet<number>;
  /** Conversations of which an event has brought every field. */
  whole: ReadonlySet<number>;
}

interface Marks extends Touched {
  conversations: Set<number>;
  whole: Set<number>;
}

/** The fetches under way: each hears which conversations events change. */
function trackFetches(): { begin(): Touched; mark(event: string, ids: Ids): void } {
  /** The garbage collector removes those whose answer nobody reads. */
  const waiting = new Set<WeakRef<Marks>>();
  return {
    begin() {
      const touched = { conversations: new Set<number>(), whole: new Set<number>() };
      waiting.add(new WeakRef(touched));
      return touched;
    },
    mark(event, ids) {
      for (const reference of waiting) {
        const touched = reference.deref();
        if (touched) mark(touched, event, ids);
        else waiting.delete(reference);
      }
    },
  };
}

function mark(touched: Marks, event: string, { id, conversation_id }: Ids): void {
  if (event.startsWith('message.') && id && conversation_id) touched.conversations.add(conversation_id);
  else if (id && !event.startsWith('contact.')) touched.conversations.add(id);
  if (id && isWhole(event)) touched.whole.add(id);
}

interface Ids {
  id?: number;
  conversation_id?: number;
}

const isWhole = (event: string) => /^(conversation\.(?!typing_)|assignee\.|team\.)/.test(event);
