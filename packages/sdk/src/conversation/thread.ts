/** The messages of one conversation, in order, from what was fetched and what happened meanwhile. No I/O. */
import type { EventMessage, Message } from '../wire.ts';

/** A message; `echo_id` where it was sent with one, so that a list can keep its place on the screen. */
export type ThreadMessage = Message & { echo_id?: string };

interface Touch {
  /** When an event last changed the message, in ticks of the thread. */
  tick: number;
  updated_at: string;
}

export class Thread {
  #messages: readonly ThreadMessage[] = [];
  #tick = 0;
  #loaded = false;
  /** Tick of the last event for a message older than those loaded. */
  #missedAt = 0;
  readonly #touches = new Map<number, Touch>();

  get messages(): readonly ThreadMessage[] {
    return this.#messages;
  }

  /** Take it before a fetch, give it back with the answer: what events changed meanwhile is newer. */
  get tick(): number {
    return this.#tick;
  }

  /** `message.created` and `message.updated`, late, repeated or not. */
  apply(event: EventMessage): void {
    const touch = this.#touches.get(event.id);
    if (touch && touch.updated_at > event.updated_at) return;
    // An older message that is not loaded would leave a hole beneath it; it comes fresh with its page.
    if (this.#loaded && event.id < (this.#messages[0]?.id ?? 0)) {
      this.#missedAt = ++this.#tick;
      return;
    }
    this.#put(toMessage(event), event.updated_at);
  }

  /** The server's answer to a send. The event, with more in it, may have come first. */
  confirm(message: Message, echo_id: string): void {
    if (!this.#touches.has(message.id)) this.#put({ ...message, echo_id }, '');
  }

  /** The server's answer to a change of a message. */
  amend(message: Message): void {
    this.#put(message, this.#touches.get(message.id)?.updated_at ?? '');
  }

  /** Everything from the first of `fetched` on, as it was at `tick`. */
  replace(fetched: readonly Message[], tick: number): void {
    const from = fetched[0]?.id ?? 0;
    const newer = this.#messages.filter(({ id }) => id >= from && this.#touchedSince(id, tick));
    const echoes = new Map(this.#messages.map(({ id, echo_id }) => [id, echo_id]));
    this.#loaded = true;
    this.#messages = inOrder([
      ...fetched.map((message) => withEcho(message, echoes.get(message.id))),
      ...newer,
    ]);
  }

  /** A page of older messages, as it was at `tick`. False when it is out of date already: fetch it again. */
  prepend(older: readonly Message[], tick: number): boolean {
    if (this.#missedAt > tick) return false;
    this.#messages = inOrder([...older, ...this.#messages]);
    return true;
  }

  #put(message: ThreadMessage, updated_at: string): void {
    this.#touches.set(message.id, { tick: ++this.#tick, updated_at });
    const echo_id = message.echo_id ?? this.#messages.find(({ id }) => id === message.id)?.echo_id;
    this.#messages = inOrder([...this.#messages, withEcho(message, echo_id)]);
  }

  #touchedSince(id: number, tick: number): boolean {
    return (this.#touches.get(id)?.tick ?? 0) > tick;
  }
}

/** By id; the last one of an id wins. */
function inOrder(messages: readonly ThreadMessage[]): ThreadMessage[] {
  const byId = new Map(messages.map((message) => [message.id, message]));
  return [...byId.values()].sort((a, b) => a.id - b.id);
}

function withEcho(message: ThreadMessage, echo_id: string | undefined): ThreadMessage {
  return echo_id === undefined ? message : { ...message, echo_id };
}

/** An event carries more than the Client API answers with; the state holds what both have. */
function toMessage(event: EventMessage): ThreadMessage {
  const { id, content, message_type, content_type, content_attributes, created_at, conversation_id } = event;
  return {
    id,
    content,
    message_type,
    content_type,
    content_attributes,
    created_at,
    conversation_id,
    ...(event.attachments && { attachments: event.attachments }),
    ...(event.sender && { sender: event.sender }),
    ...(event.echo_id !== undefined && { echo_id: String(event.echo_id) }),
  };
}
