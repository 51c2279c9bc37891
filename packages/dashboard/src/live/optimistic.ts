/** A change of a conversation that shows at once, and is taken back when the server refuses it. */
import type { Conversation } from './conversation.ts';
import { putConversation, type State } from './state.ts';
import type { Store } from './store.ts';

export interface Write {
  id: number;
  /** What will have changed. */
  change: Partial<Conversation>;
  send: () => Promise<unknown>;
}

/**
 * @throws what `send` throws, after taking the change back. An event that came meanwhile has replaced the change by what
 * the server has, even where the values are equal: a colleague may have made the same change.
 */
export async function optimistically(store: Store, { id, change, send }: Write): Promise<void> {
  const before = store.state.conversations.get(id);
  const touched = store.since();
  store.update((state) => overlay(state, id, change));
  try {
    await send();
  } catch (error) {
    if (before && !touched.whole.has(id))
      store.update((state) => overlay(state, id, unchanged(state, id, change, before)));
    throw error;
  }
}

function overlay(state: State, id: number, change: Partial<Conversation>): State {
  const known = state.conversations.get(id);
  return known ? putConversation(state, { ...known, ...change }, 'changed') : state;
}

/** The old values of the fields that no later change of this agent has set to another value. */
function unchanged(
  state: State,
  id: number,
  change: Partial<Conversation>,
  before: Conversation,
): Partial<Conversation> {
  const now = state.conversations.get(id);
  const fields = Object.keys(change) as (keyof Conversation)[];
  return Object.fromEntries(
    fields.filter((field) => now?.[field] === change[field]).map((field) => [field, before[field]]),
  );
}
