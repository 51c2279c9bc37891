/** The messages of a conversation as the desk shows them. What fetches and events make of them is the SDK's `Thread`. */
import { type AgentMessage, type EventMessage, Thread } from '@hoory/client';

export interface LoadedThread {
  /** Oldest first. */
  messages: readonly AgentMessage[];
  /** There are older ones on the server. */
  hasOlder: boolean;
}

/** Messages of a page on the server. */
export const PAGE = 20;

/** The SDK's merge of answers and events, for messages as the agent API answers them. */
export const createThread = (): Thread<AgentMessage> => new Thread(toMessage);

/** As the agent API answers it: `echo_id` belongs to one request only. */
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
