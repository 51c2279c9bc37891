/** Decisions about conversations without I/O. */
import type { ConversationStatus } from '@hoory/contract';
import type { ContactRow, ConversationRow, InboxRow } from '../../db/tables.ts';
import { readFreeForm } from '../../free-form.ts';
import { openingMinutes, readWorkingHours } from '../../inboxes/rules.ts';
import { findText } from '../../text.ts';

/** Status of a new conversation (client-api.md 5.5). One of a blocked contact never appears in the open list. */
export function initialStatus(
  inbox: Pick<InboxRow, 'agent_bot_id'>,
  contact: Pick<ContactRow, 'blocked'>,
): ConversationStatus {
  if (contact.blocked) return 'resolved';
  return inbox.agent_bot_id ? 'pending' : 'open';
}

/** The new status after a message of the contact; undefined for no change (client-api.md section 6, steps 1 and 2). */
export function reopenedStatus(
  conversation: Pick<ConversationRow, 'status'>,
  inbox: Pick<InboxRow, 'agent_bot_id'>,
  contact: Pick<ContactRow, 'blocked'>,
): ConversationStatus | undefined {
  if (contact.blocked) return undefined;
  if (conversation.status === 'snoozed') return 'open';
  if (conversation.status === 'resolved') return inbox.agent_bot_id ? 'pending' : 'open';
  return undefined;
}

/**
 * Whether the reply window of the channel is open (application-api.md section 7). Only shown: a late reply is not refused.
 * @param now milliseconds since 1970
 */
export function canReply(
  conversation: Pick<ConversationRow, 'last_incoming_at'>,
  inbox: Pick<InboxRow, 'additional_attributes'>,
  now: number,
): boolean {
  if (inbox.additional_attributes === '{}') return true;
  const { agent_reply_time_window: window } = readFreeForm(inbox.additional_attributes);
  const hours = Number(findText(window));
  if (!(hours > 0)) return true;
  return conversation.last_incoming_at !== null && now - conversation.last_incoming_at <= hours * 3_600_000;
}

/** Columns that a change of status sets (application-api.md section 7). Times are milliseconds since 1970. */
export function statusChanges(
  status: ConversationStatus,
  snoozed_until: number | null,
  now: number,
): Partial<ConversationRow> {
  return {
    status,
    snoozed_until: status === 'snoozed' ? snoozed_until : null,
    ...(status === 'resolved' && { waiting_since: null }),
    updated_at: now,
  };
}

/** Whether `now` (milliseconds since 1970) is within the inbox's working hours, in its time zone. */
export function isWorkingTime(inbox: Pick<InboxRow, 'working_hours' | 'timezone'>, now: number): boolean {
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat('en-US', {
      timeZone: inbox.timezone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    })
      .formatToParts(now)
      .map(({ type, value }) => [type, value]),
  );
  const day = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'].indexOf(parts.weekday ?? '');
  const minute = Number(parts.hour) * 60 + Number(parts.minute);
  const week = readWorkingHours(inbox);
  const isOpen = (day_of_week: number, time: number) => {
    const hours = week.find((one) => one.day_of_week === day_of_week);
    const opening = hours && openingMinutes(hours);
    return opening !== undefined && time >= opening.opens && time < opening.closes;
  };
  return isOpen(day, minute) || isOpen((day + 6) % 7, minute + 24 * 60);
}
