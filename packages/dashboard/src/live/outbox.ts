/**
 * The agent's outbox: the SDK's, posting through the agent API. There is one for each user, whatever account is shown, so
 * that a message still goes out after the agent has changed to another account.
 */
import {
  type Address,
  type AgentMessage,
  type CallOptions,
  Keep,
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
  /** The same list until something in it changes. */
  pending(conversation: Conversation): readonly PendingMessage[];
  subscribe(changed: () => void): () => void;
  /** Queues a message; answers with its `echo_id`. */
  send(message: NewMessage, options?: SendOptions): string;
  /** Sends a failed message again. */
  retry(echo_id: string): void;
  /** Gives a message up. Answers with what takes that back. */
  discard(echo_id: string): () => void;
  /** A `message.created` event: one with the `echo_id` of a queued message is that message. */
  hear(event: { echo_id?: string | number }): void;
  /** Called with every answer of the server. */
  onSent(heard: (message: AgentMessage, account_id: number) => void): () => void;
  /** The server can be reached again: sends at once. */
  wake(): void;
  close(): void;
}

type Conversation = Pick<NewMessage, 'account_id' | 'conversation_id'>;

export interface OutboxParts {
  /** Whose queue it is: nobody else who signs in here sees or sends it. */
  user_id: number;
  post: (message: NewMessage & Address, call: CallOptions) => Promise<AgentMessage>;
}

/** Adds to the SDK's outbox what React needs: lists that stay the same object until they change. */
export function openOutbox({ user_id, post }: OutboxParts): DeskOutbox {
  const keep = new Keep(undefined, outboxPrefix(user_id));
  const outbox = new Outbox<NewMessage, AgentMessage>({ keep, post, retry: { minMs: 1_000, maxMs: 30_000 } });
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
      const place = placeOf(conversation);
      const list = lists.get(place) ?? outbox.pending(place);
      lists.set(place, list);
      return list;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    send: (message, options) => outbox.add(placeOf(message), message, options),
    retry: (echo_id) => void outbox.retry(echo_id),
    discard: (echo_id) => outbox.discard(echo_id),
    hear({ echo_id }) {
      const place = echo_id === undefined ? undefined : outbox.acknowledge(String(echo_id));
      if (place !== undefined) changed(place);
    },
    onSent: (heard) =>
      outbox.on('sent', ({ place, answer }) => heard(answer, Number(place.slice(0, place.indexOf('/'))))),
    wake: () => outbox.wake(),
    close: () => outbox.close(),
  };
}

/** Conversations are numbered within their account. */
const placeOf = ({ account_id, conversation_id }: Conversation) => `${account_id}/${conversation_id}`;
