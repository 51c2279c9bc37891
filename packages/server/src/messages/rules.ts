/** Decisions about messages without I/O. */

import { MessageStatus } from '@hoory/contract';
import { isWorkingTime } from '../conversations/record/rules.ts';
import type { ConversationRow, InboxRow } from '../db/tables.ts';

/** Whether a word of a client is a status of messages. */
export const isMessageStatus = (word: string): word is MessageStatus =>
  MessageStatus.enum.some((status) => status === word);

/** Messages per minute that one conversation takes (client-api.md section 3). */
export const floodLimit = 200;

type Template = Pick<
  ConversationRow,
  'has_outgoing' | 'has_template' | 'last_template_at' | 'last_agent_message_at'
>;

/**
 * The automatic answer to a customer's message (client-api.md section 6, step 6). The text of out-of-office is a template, so the
 * greeting, which comes before any, does not follow it: what it promises does not hold out of hours.
 */
export function templateFor(conversation: Template, inbox: InboxRow, now: number): string | undefined {
  if (isOutOfOffice(conversation, inbox, now)) return inbox.out_of_office_message as string;
  const isFirst = !conversation.has_outgoing && !conversation.has_template;
  return inbox.greeting_enabled && inbox.greeting_message && isFirst ? inbox.greeting_message : undefined;
}

function isOutOfOffice(conversation: Template, inbox: InboxRow, now: number): boolean {
  if (!inbox.working_hours_enabled || !inbox.out_of_office_message || isWorkingTime(inbox, now)) return false;
  const answeredLately =
    conversation.last_agent_message_at !== null && now - conversation.last_agent_message_at < 300_000;
  const dayOf = (time: number) => new Intl.DateTimeFormat('en-CA', { timeZone: inbox.timezone }).format(time);
  const toldToday =
    conversation.last_template_at !== null && dayOf(conversation.last_template_at) === dayOf(now);
  return !answeredLately && !toldToday;
}
