/** How much of a span falls into the working hours of an inbox, in its time zone, without I/O. */
import type { InboxRow } from '../db/tables.ts';
import { openingOf, type WorkingDay } from '../inboxes/rules.ts';

type Hours = Pick<InboxRow, 'working_hours_enabled' | 'working_hours' | 'timezone'>;

const minute = 60_000;
const day = 24 * 60 * minute;

/** Milliseconds of working time between two times. An inbox without working hours always works. */
export function workingTime(inbox: Hours, from: number, to: number): number {
  if (!inbox.working_hours_enabled) return Math.max(0, to - from);
  const week = JSON.parse(inbox.working_hours) as WorkingDay[];
  const offsetAt = offsetsOf(inbox.timezone);
  // The offset before and the one after a change of the clock: the second guess is right but for the lost hour itself.
  const utcOf = (local: number) => local - offsetAt(local - offsetAt(local));
  const lastDay = to + offsetAt(to);
  let total = 0;
  // Where a day closes on the next one, both may be open at once: that time counts once.
  let counted = from;
  const firstDay = Math.floor((from + offsetAt(from)) / day) * day - day;
  for (let start = firstDay; start < lastDay; start += day) {
    const hours = week.find(({ day_of_week }) => day_of_week === new Date(start).getUTCDay());
    const opening = hours && openingOf(hours);
    if (!opening) continue;
    const end = Math.min(to, utcOf(start + opening.closes * minute));
    total += Math.max(0, end - Math.max(counted, utcOf(start + opening.opens * minute)));
    counted = Math.max(counted, end);
  }
  return total;
}

/** What the clock of a time zone is ahead of UTC at a time, in milliseconds. */
function offsetsOf(timeZone: string): (time: number) => number {
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  return (time) => {
    const whole = Math.floor(time / minute) * minute;
    const parts = Object.fromEntries(
      clock.formatToParts(whole).map(({ type, value }) => [type, Number(value)]),
    );
    const { year = 0, month = 1, day: date = 1, hour = 0, minute: minutes = 0 } = parts;
    return Date.UTC(year, month - 1, date, hour, minutes) - whole;
  };
}
