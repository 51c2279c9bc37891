/** How much of a span falls into the working hours of an inbox, in its time zone, without I/O. */
import type { InboxRow } from '../db/tables.ts';
import { openingMinutes, readWorkingHours } from '../inboxes/rules.ts';
import { clockOf } from '../time.ts';

type Hours = Pick<InboxRow, 'working_hours_enabled' | 'working_hours' | 'timezone'>;

const minute = 60_000;
const day = 24 * 60 * minute;

/** Milliseconds of working time between two times. An inbox without working hours always works. */
export function workingTime(inbox: Hours, from: number, to: number): number {
  if (!inbox.working_hours_enabled) return Math.max(0, to - from);
  const week = readWorkingHours(inbox);
  const { toLocal, toUtc } = clockOf(inbox.timezone);
  const lastDay = toLocal(to);
  let total = 0;
  // Where a day closes on the next one, both may be open at once: that time counts once.
  let counted = from;
  const firstDay = Math.floor(toLocal(from) / day) * day - day;
  for (let start = firstDay; start < lastDay; start += day) {
    const hours = week.find(({ day_of_week }) => day_of_week === new Date(start).getUTCDay());
    const opening = hours && openingMinutes(hours);
    if (!opening) continue;
    const end = Math.min(to, toUtc(start + opening.closes * minute));
    total += Math.max(0, end - Math.max(counted, toUtc(start + opening.opens * minute)));
    counted = Math.max(counted, end);
  }
  return total;
}
