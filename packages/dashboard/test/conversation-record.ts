/** The fields of a conversation that the desk's store reads. */
import type { AgentConversation } from '@hoory/client';

export const conversationRecord = {
  id: 7,
  inbox_id: 1,
  status: 'open',
  priority: null,
  labels: [],
  unread_count: 0,
  meta: { sender: { id: 3, name: 'Ann' }, hmac_verified: null },
  messages: [],
} as unknown as AgentConversation;
