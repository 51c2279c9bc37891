/** The typing users of each conversation: the SDK's `TypingUsers`, written into the state. */
import { TypingUsers } from '@hoory/client';
import type { DeskEvent } from './event.ts';
import { type TypingUser, withTyping } from './state.ts';
import type { Store } from './store.ts';

export interface TypingByConversation {
  apply(event: DeskEvent): void;
  /** Stops all timers and removes all users. */
  close(): void;
}

/** A user also leaves the state after a while without a repeated `typing_on`: the `typing_off` may have been lost. */
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
    apply({ event, data }) {
      if (event === 'conversation.typing_on') {
        const { id } = data.conversation;
        (sets.get(id) ?? create(id)).on({ ...data.user, isPrivate: data.is_private });
      } else if (event === 'conversation.typing_off') sets.get(data.conversation.id)?.off(data.user);
      // A user who has sent a message has stopped typing, whether or not an event says so.
      else if (event === 'message.created' && data.sender) sets.get(data.conversation_id)?.off(data.sender);
    },
    close() {
      for (const users of sets.values()) users.clear();
    },
  };
}
