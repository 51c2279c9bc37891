/** The messages of a conversation that are loaded, oldest first. Plain decisions. */
import type { AgentMessage, EventMessage } from '@hoory/client';

export interface Thread {
  messages: readonly AgentMessage[];
  /** There are older ones on the server. */
  hasOlder: boolean;
  /** Which question brought its newest messages (`Touched.asked`). */
  asked: number;
}

/** Messages of a page on the server. */
export const PAGE = 20;

/** Adds messages that were fetched; those of `newer` were told by an event since, and stay. */
export function merge(
  thread: Thread | undefined,
  fetched: readonly AgentMessage[],
  newer: ReadonlyMap<number, unknown>,
): readonly AgentMessage[] {
  const all = new Map(thread?.messages.map((message) => [message.id, message]));
  for (const message of fetched)
    if (!newer.has(message.id) || !all.has(message.id)) all.set(message.id, message);
  return [...all.values()].sort((a, b) => a.id - b.id);
}

/** After a message came or changed. One older than everything loaded comes with its page. */
export function withEvent(thread: Thread, event: EventMessage): Thread {
  const message = toMessage(event);
  const { messages } = thread;
  const at = messages.findIndex(({ id }) => id === message.id);
  if (at >= 0) return { ...thread, messages: messages.with(at, message) };
  const oldest = messages[0];
  if (oldest && message.id < oldest.id && thread.hasOlder) return thread;
  const index = messages.findLastIndex(({ id }) => id < message.id) + 1;
  return { ...thread, messages: messages.toSpliced(index, 0, message) };
}

/** As the agent API answers it: `echo_id` belongs to one request only. */
export function toMessage(event: EventMessage): AgentMessage {
  return {
    id: event.id,
    content: event.content,
    inbox_id: event.inbox_id,
    conversation_id: event.conversation_id,
    message_type: event.message_type,
    content_type: event.content_type,
    status: event.status,
    content_attributes: event.content_attributes,
    created_at: event.created_at,
    private: event.private,
    source_id: event.source_id,
    ...(event.sender && { sender: event.sender }),
    ...(event.attachments && { attachments: event.attachments }),
  };
}
