/** The input of posting: one message for one conversation. */
import type { EventAgentBot, EventUser, Sender } from '@hoory/contract';
import type { App } from '../app.ts';
import type { NewAttachment } from '../files/attachments.ts';
import type { NewMessage } from './new-message.ts';

/** An author whom events name to agents. */
export type Performer = EventUser | EventAgentBot;

export interface MessageInput {
  app: App;
  conversation_id: number;
  message: NewMessage;
  /** `'contact'` stands for the conversation's contact as the transaction reads it. Absent for the system. */
  sender?: Sender | 'contact' | undefined;
  attachments?: readonly NewAttachment[];
  /** The author of the request, added to the event of agents only (cable.md section C.1). */
  performer?: Performer | undefined;
}
