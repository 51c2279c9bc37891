/** Who types in which conversation: the SDK's set of typing users for each, written into the state. */
import { type AgentEvents, TypingUsers } from '@hoory/client';
import { type TypingUser, withTyping } from './state.ts';
import type { Store } from './store.ts';

type Typing = AgentEvents['conversation.typing_on'];

export interface TypingByConversation {
  on(event: Typing): void;
  off(event: Typing): void;
  /** A user who has sent a message has stopped typing, whether or not an event says so. */
  sent(message: AgentEvents['message.created']): void;
  close(): void;
}

/** Users leave the state by themselves: an `off` may be lost with the connection that carried it. */
export function trackTyping(store: Store): TypingByConversation {
  const sets = new Map<number, TypingUsers<TypingUser>>();
  const create = (id: number) => {
    const users = new TypingUsers<TypingUser>((typing) =>
      store.update((state) => withTyping(state, id, typing)),
    );
    sets.set(id, users);
    return users;
  };
  return {
    on({ conversation: { id }, user, is_private }) {
      (sets.get(id) ?? create(id)).on({ ...user, isPrivate: is_private });
    },
    off: ({ conversation, user }) => sets.get(conversation.id)?.off(user),
    sent({ conversation_id, sender }) {
      if (sender) sets.get(conversation_id)?.off(sender);
    },
    close() {
      for (const users of sets.values()) users.clear();
    },
  };
}
