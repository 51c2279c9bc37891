/** Changes of a conversation that are shown before the server has accepted them, and taken back when it refuses. */
import type { Conversation } from './conversation.ts';
import { putConversation, type State } from './state.ts';
import type { Store } from './store.ts';

/** The fields of a conversation that agents change. */
const changeable = [
  'status',
  'snoozed_until',
  'assignee',
  'team',
  'priority',
  'labels',
  'unread_count',
  'agent_last_seen_at',
  'contact',
  'custom_attributes',
] as const satisfies readonly (keyof Conversation)[];

/** Some fields with the values that the server will set. */
export type ConversationChange = Partial<Pick<Conversation, (typeof changeable)[number]>>;

export interface OptimisticChange {
  id: number;
  change: ConversationChange;
  send: () => Promise<unknown>;
}

/**
 * Shows the change, sends it, and restores the old values when `send` fails. Nothing is restored after an event of the
 * conversation: it has brought the server's values, even where they equal the change, because a colleague may have made the
 * same one. @throws what `send` throws
 */
export async function changeOptimistically(
  store: Store,
  { id, change, send }: OptimisticChange,
): Promise<void> {
  const before = store.state.conversations.get(id);
  const changes = store.trackChanges();
  store.update((state) => withFields(state, id, change));
  try {
    await send();
  } catch (error) {
    if (before && !changes.whole.has(id))
      store.update((state) =>
        withFields(state, id, fieldsToRestore({ change, before, now: state.conversations.get(id) })),
      );
    throw error;
  }
}

/** The state with some fields of a loaded conversation changed. */
function withFields(state: State, id: number, change: ConversationChange): State {
  const known = state.conversations.get(id);
  return known ? putConversation(state, { ...known, ...change }, 'changed') : state;
}

interface Restore {
  change: ConversationChange;
  before: Conversation;
  now: Conversation | undefined;
}

/** The old values of the changed fields, except those that a later change of this agent has set to another value. */
function fieldsToRestore({ change, before, now }: Restore): ConversationChange {
  const restored: ConversationChange = {};
  const restore = <Field extends (typeof changeable)[number]>(field: Field) => {
    restored[field] = before[field];
  };
  for (const field of changeable) if (field in change && now?.[field] === change[field]) restore(field);
  return restored;
}
