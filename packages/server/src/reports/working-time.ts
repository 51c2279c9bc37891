/** Working time within a span, by the working hours and the time zone of an inbox, without I/O. */
import type { InboxRow } from '../db/tables.ts';
import { openingMinutes, readWorkingHours } from '../inboxes/rules.ts';
import { clockOf, dayMs } from '../time.ts';

type Hours = Pick<InboxRow, 'working_hours_enabled' | 'working_hours' | 'timezone'>;

const minuteMs = 60_000;

/** Working time between two times, all in milliseconds. An inbox without working hours is always open. */
export function workingTime(inbox: Hours, from: number, to: number): number {
  if (!inbox.working_hours_enabled) return Math.max(0, to - from);
  const week = readWorkingHours(inbox);
  const { toLocal, toUtc } = clockOf(inbox.timezone);
  const lastDay = toLocal(to);
  let total = 0;
  // A day may close after the next one has opened: count that time once only.
  let counted = from;
  const firstDay = Math.floor(toLocal(from) / dayMs) * dayMs - dayMs;
  for (let start = firstDay; start < lastDay; start += dayMs) {
    const hours = week.find(({ day_of_week }) => day_of_week === new Date(start).getUTCDay());
    const opening = hours && openingMinutes(hours);
    if (!opening) continue;
    const end = Math.min(to, toUtc(start + opening.closes * minuteMs));
    total += Math.max(0, end - Math.max(counted, toUtc(start + opening.opens * minuteMs)));
    counted = Math.max(counted, end);
  }
  return total;
}
