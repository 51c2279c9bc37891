/** Decisions about messages without I/O. */

import { MessageStatus } from '@hoory/contract';
import { isWorkingTime } from '../conversations/record/rules.ts';
import type { ConversationRow, InboxRow } from '../db/tables.ts';

/** Whether a word of a client is a status of messages. */
export const isMessageStatus = (word: string): word is MessageStatus =>
  MessageStatus.enum.some((status) => status === word);

/** Messages that one conversation takes in a minute (client-api.md section 3). */
export const floodLimit = 200;

/** What the columns of a conversation say about the messages before. */
type AnswerHistory = Pick<
  ConversationRow,
  'has_outgoing' | 'has_template' | 'last_template_at' | 'last_agent_message_at'
>;

/**
 * The automatic answer to a contact's message: out of office or greeting (client-api.md section 6, step 6). The greeting comes
 * only before every other template. So it never follows an out-of-office text: its promise does not hold outside the hours.
 * @param now milliseconds since 1970
 */
export function templateFor(conversation: AnswerHistory, inbox: InboxRow, now: number): string | undefined {
  const { out_of_office_message } = inbox;
  if (out_of_office_message && isOutOfOffice(conversation, inbox, now)) return out_of_office_message;
  const isFirst = !conversation.has_outgoing && !conversation.has_template;
  return inbox.greeting_enabled && inbox.greeting_message && isFirst ? inbox.greeting_message : undefined;
}

/** Not within 5 minutes of an agent's message, and once a day in the inbox's time zone. */
function isOutOfOffice(conversation: AnswerHistory, inbox: InboxRow, now: number): boolean {
  if (!inbox.working_hours_enabled || isWorkingTime(inbox, now)) return false;
  const isAnswered =
    conversation.last_agent_message_at !== null && now - conversation.last_agent_message_at < 300_000;
  const dayOf = (time: number) => new Intl.DateTimeFormat('en-CA', { timeZone: inbox.timezone }).format(time);
  const wasSentToday =
    conversation.last_template_at !== null && dayOf(conversation.last_template_at) === dayOf(now);
  return !isAnswered && !wasSentToday;
}
