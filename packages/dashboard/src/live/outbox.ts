/**
 * The agent's outbox: the SDK's, posting through the agent API. There is one for each user, not for each account, so that a
 * message still goes out after the agent has changed to another account.
 */
import {
  type Address,
  type AgentMessage,
  type CallOptions,
  JsonStorage,
  Outbox,
  type Pending,
  type SendOptions,
} from '@hoory/client';
import { outboxPrefix } from '../session/storage.ts';

/** A reply or a private note as it is queued. */
export interface NewMessage {
  account_id: number;
  conversation_id: number;
  content: string;
  private: boolean;
  in_reply_to?: number;
}

export type PendingMessage = Pending<NewMessage>;

export interface DeskOutbox {
  /** The queued messages of a conversation, oldest first: the same array until something in it changes. */
  pending(conversation: Conversation): readonly PendingMessage[];
  subscribe(changed: () => void): () => void;
  /** Stores a message on this device and queues it. @returns its `echo_id`, which the event of the sent message carries */
  send(message: NewMessage, options?: SendOptions): string;
  /** Queues a failed message again. */
  retry(echo_id: string): void;
  /** Removes a message from the queue. @returns a function that puts it back */
  discard(echo_id: string): () => void;
  /** Takes a `message.created` event: when it has the `echo_id` of a queued message, that message has been sent. */
  acknowledge(event: { echo_id?: string | number }): void;
  /** Calls `listener` with the server's answer to every message. */
  onSent(listener: (message: AgentMessage, account_id: number) => void): () => void;
  /** The server can be reached again: ends the waiting time of a retry. */
  wake(): void;
  close(): void;
}

type Conversation = Pick<NewMessage, 'account_id' | 'conversation_id'>;

export interface OutboxParts {
  /** The author of the messages: another user of this device neither sees nor sends them. */
  user_id: number;
  post: (message: NewMessage & Address, call: CallOptions) => Promise<AgentMessage>;
}

/** Adds to the SDK's outbox what React needs: lists that stay the same object until they change. */
export function openOutbox({ user_id, post }: OutboxParts): DeskOutbox {
  const storage = new JsonStorage(undefined, outboxPrefix(user_id));
  const outbox = new Outbox<NewMessage, AgentMessage>({
    storage,
    post,
    retry: { minMs: 1_000, maxMs: 30_000 },
  });
  const lists = new Map<string, readonly PendingMessage[]>();
  const listeners = new Set<() => void>();
  const changed = (place: string) => {
    lists.delete(place);
    for (const listener of listeners) listener();
  };
  outbox.on('change', changed);
  outbox.on('sent', ({ place }) => changed(place));
  void outbox.open();

  return {
    pending(conversation) {
      const place = keyOf(conversation);
      const list = lists.get(place) ?? outbox.pending(place);
      lists.set(place, list);
      return list;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    send: (message, options) => outbox.add(keyOf(message), message, options),
    retry: (echo_id) => void outbox.retry(echo_id),
    discard: (echo_id) => outbox.discard(echo_id),
    acknowledge({ echo_id }) {
      const place = echo_id === undefined ? undefined : outbox.acknowledge(String(echo_id));
      if (place !== undefined) changed(place);
    },
    onSent: (listener) =>
      outbox.on('sent', ({ place, answer }) => listener(answer, Number(place.slice(0, place.indexOf('/'))))),
    wake: () => outbox.wake(),
    close: () => outbox.close(),
  };
}

/** The key of a conversation in the queue. Conversations are numbered within their account, so it names both. */
const keyOf = ({ account_id, conversation_id }: Conversation) => `${account_id}/${conversation_id}`;
