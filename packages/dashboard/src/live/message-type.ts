/** Names of the numbers that the wire uses for the type of a message (cable.md section C.2). */
import type { AgentMessage } from '@hoory/client';

export const MessageType = { incoming: 0, outgoing: 1, activity: 2, template: 3 } as const satisfies Record<
  string,
  AgentMessage['message_type']
>;
