/** The loaded messages of one conversation in order of id: merges fetched pages and events. No I/O. */
import type { EventMessage, Message } from '../wire.ts';

/** A message; `echo_id` where it was sent with one, so that a list keeps its row on the screen. */
export type ThreadMessage = Message & { echo_id?: string };

interface Version {
  /** When an event last changed the message, in ticks of the thread. */
  tick: number;
  updated_at: string;
}

/**
 * Merges answers and events so that events always win: an answer shows how a conversation was when the fetch began. The
 * same class serves customers (`Message`) and agents (`AgentMessage`).
 */
export class Thread<Shown extends { id: number; echo_id?: unknown }> {
  readonly #toShown: (event: EventMessage) => Shown;
  #messages: readonly Shown[] = [];
  #tick = 0;
  /** Tick of the fetch that `replace` last took; 0 while nothing is loaded. */
  #fetchedAt = 0;
  /** Tick of the last event for a message older than those loaded. */
  #missedAt = 0;
  readonly #versions = new Map<number, Version>();

  constructor(toShown: (event: EventMessage) => Shown) {
    this.#toShown = toShown;
  }

  /** Oldest first; a new array after every change. */
  get messages(): readonly Shown[] {
    return this.#messages;
  }

  /** Call it before a fetch and pass its tick on with the answer: events after it are newer than the answer. */
  beginFetch(): number {
    return ++this.#tick;
  }

  /** Takes `message.created` and `message.updated`, late, repeated or not. */
  apply(event: EventMessage): void {
    const version = this.#versions.get(event.id);
    if (version && version.updated_at > event.updated_at) return;
    // Adding an older message that is not loaded would leave a gap after it; its page brings it.
    if (this.#fetchedAt && event.id < (this.#messages[0]?.id ?? 0)) this.#missedAt = ++this.#tick;
    else this.#put(this.#toShown(event), event.updated_at);
  }

  /** Takes the answer to a send, unless the event of the message, which has more fields, came first. */
  confirm(message: Shown): void {
    if (!this.#versions.has(message.id)) this.#put(message, '');
  }

  /** Takes the server's answer to a change of a message. */
  amend(message: Shown): void {
    this.#put(message, this.#versions.get(message.id)?.updated_at ?? '');
  }

  /**
   * Takes all messages from the first of `fetched` on, as they were at `tick`. Returns false, and changes nothing, when
   * the answer to a later fetch came first.
   */
  replace(fetched: readonly Shown[], tick: number): boolean {
    if (tick < this.#fetchedAt) return false;
    this.#fetchedAt = tick;
    const from = fetched[0]?.id ?? 0;
    const newer = this.#messages.filter(({ id }) => id >= from && (this.#versions.get(id)?.tick ?? 0) > tick);
    const echoes = new Map(this.#messages.map(({ id, echo_id }) => [id, echo_id]));
    this.#messages = inOrder([
      ...fetched.map((message) => withEcho(message, echoes.get(message.id))),
      ...newer,
    ]);
    return true;
  }

  /** Takes a page of older messages, as it was at `tick`. Returns false when it is out of date: fetch it again. */
  prepend(older: readonly Shown[], tick: number): boolean {
    if (this.#missedAt > tick) return false;
    this.#messages = inOrder([...older, ...this.#messages]);
    return true;
  }

  #put(message: Shown, updated_at: string): void {
    this.#versions.set(message.id, { tick: ++this.#tick, updated_at });
    const echo_id = message.echo_id ?? this.#messages.find(({ id }) => id === message.id)?.echo_id;
    this.#messages = inOrder([...this.#messages, withEcho(message, echo_id)]);
  }
}

/** By id; the last one of an id wins. */
function inOrder<Shown extends { id: number }>(messages: readonly Shown[]): Shown[] {
  const byId = new Map(messages.map((message) => [message.id, message]));
  return [...byId.values()].sort((a, b) => a.id - b.id);
}

function withEcho<Shown extends object>(message: Shown, echo_id: unknown): Shown {
  return echo_id === undefined ? message : { ...message, echo_id };
}

/** An event carries more than the Client API answers with; the state holds what both have. */
export function toThreadMessage(event: EventMessage): ThreadMessage {
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
