/** The loaded messages of a conversation. The SDK's `Thread` merges answers and events; this file adapts it to the agent API. */
import { type AgentMessage, type EventMessage, Thread } from '@hoory/client';

/** Messages on the screen: an immutable copy of a `Thread`. */
export interface LoadedThread {
  /** Oldest first. */
  messages: readonly AgentMessage[];
  /** The server has older messages. */
  hasOlder: boolean;
}

/** How many messages the server returns in a page: a shorter page is the first of the conversation. */
export const PAGE_SIZE = 20;

/** An empty thread whose messages have the shape of the agent API. */
export const createThread = (): Thread<AgentMessage> => new Thread(toMessage);

/** Reduces an event to the fields of an answer, so that both compare equal. `echo_id` belongs to one request only. */
function toMessage(event: EventMessage): AgentMessage {
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
