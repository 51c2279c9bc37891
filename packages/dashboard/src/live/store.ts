/** Holds the state, tells who looks at it, and remembers what events touched while an answer was under way. */
import type { EventMessage } from '@hoory/client';
import { apply, emptyState, type State } from './state.ts';

export interface Store {
  readonly state: State;
  subscribe(changed: () => void): () => void;
  update(change: (state: State) => State): void;
  event(name: string, data: unknown): void;
  /** Call before asking the server: tells later what events have touched since. */
  since(): Readonly<Touched>;
}

export function createStore(me: number): Store {
  let state = emptyState(me);
  const listeners = new Set<() => void>();
  let asked = 0;
  /** Answers under way; each is told what events touch. Those that are never read end with their page. */
  const waiting = new Set<WeakRef<Marks>>();

  const set = (next: State) => {
    if (next === state) return;
    state = next;
    for (const changed of listeners) changed();
  };

  const touch = (name: string, data: unknown) => {
    const { id, conversation_id } = data as { id?: number; conversation_id?: number };
    for (const reference of waiting) {
      const touched = reference.deref();
      if (touched) mark(touched, name, { id, conversation_id }, data);
      else waiting.delete(reference);
    }
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
      touch(name, data);
      set(apply(state, name, data));
    },
    since() {
      asked++;
      const touched = {
        asked,
        conversations: new Set<number>(),
        messages: new Map(),
        whole: new Set<number>(),
      };
      waiting.add(new WeakRef(touched));
      return touched;
    },
  };
}

export interface Touched {
  /** Grows from one question to the next: of two answers, the one that was asked for later is newer. */
  asked: number;
  conversations: ReadonlySet<number>;
  /** As events told them last, also those of conversations that were not loaded. */
  messages: ReadonlyMap<number, EventMessage>;
  /** Conversations of which an event has told every field. */
  whole: ReadonlySet<number>;
}

interface Marks extends Touched {
  conversations: Set<number>;
  messages: Map<number, EventMessage>;
  whole: Set<number>;
}

function mark(touched: Marks, event: string, { id, conversation_id }: Ids, data: unknown): void {
  if (event.startsWith('message.') && id && conversation_id) {
    touched.messages.set(id, data as EventMessage);
    touched.conversations.add(conversation_id);
  } else if (id && !event.startsWith('contact.')) touched.conversations.add(id);
  if (id && isWhole(event)) touched.whole.add(id);
}

interface Ids {
  id: number | undefined;
  conversation_id: number | undefined;
}

const isWhole = (event: string) => /^(conversation\.(?!typing_)|assignee\.|team\.)/.test(event);
