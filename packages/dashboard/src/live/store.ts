/** Holds the state, tells who looks at it, and remembers what events touched while an answer was under way. */
import { apply, emptyState, type State } from './state.ts';

export interface Store {
  readonly state: State;
  subscribe(changed: () => void): () => void;
  update(change: (state: State) => State): void;
  event(name: string, data: unknown): void;
  /** Call before asking the server: tells later which conversations and messages events have touched since. */
  since(): Readonly<Record<keyof Touched, ReadonlySet<number>>>;
}

export function createStore(me: number): Store {
  let state = emptyState(me);
  const listeners = new Set<() => void>();
  /** Answers under way; each is told what events touch. Those that are never read end with their page. */
  const waiting = new Set<WeakRef<Touched>>();

  const set = (next: State) => {
    if (next === state) return;
    state = next;
    for (const changed of listeners) changed();
  };

  const touch = (name: string, data: unknown) => {
    const { id, conversation_id } = data as { id?: number; conversation_id?: number };
    for (const reference of waiting) {
      const touched = reference.deref();
      if (touched) mark(touched, name, { id, conversation_id });
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
      const touched: Touched = { conversations: new Set(), messages: new Set(), whole: new Set() };
      waiting.add(new WeakRef(touched));
      return touched;
    },
  };
}

interface Touched {
  conversations: Set<number>;
  messages: Set<number>;
  /** Conversations of which an event has told every field. */
  whole: Set<number>;
}

function mark(touched: Touched, event: string, { id, conversation_id }: Ids): void {
  if (event.startsWith('message.') && id && conversation_id) {
    touched.messages.add(id);
    touched.conversations.add(conversation_id);
  } else if (id && !event.startsWith('contact.')) touched.conversations.add(id);
  if (id && isWhole(event)) touched.whole.add(id);
}

interface Ids {
  id: number | undefined;
  conversation_id: number | undefined;
}

const isWhole = (event: string) => /^(conversation\.(?!typing_)|assignee\.|team\.)/.test(event);
