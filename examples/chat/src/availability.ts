/** Who is there, and when an answer may come: from presence and the inbox's opening hours. */
import type { ConversationState, PublicInbox } from '@hoory/client';
import type { Language } from './words.ts';

const DAY = 24 * 60;
const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** The names of agents who wrote here and are online now; of others only the number is known. */
export function whoIsOnline({ agents, messages }: ConversationState): { isOnline: boolean; names: string[] } {
  const names = new Set<string>();
  for (const { sender } of messages)
    if (sender?.type === 'user' && agents[sender.id] === 'online') names.add(sender.name);
  return { isOnline: Object.values(agents).includes('online'), names: [...names] };
}

/** When the company opens next, in milliseconds; undefined while it is open, or keeps no hours. */
export function nextOpening(inbox: PublicInbox, now: number): number | undefined {
  if (!inbox.working_hours_enabled) return undefined;
  const [weekday, minute] = localTime(now, inbox.timezone);
  let next: number | undefined;
  // Yesterday's hours may go on past midnight.
  for (let ahead = -1; ahead <= 7; ahead++) {
    const hours = inbox.working_hours.find((day) => day.day_of_week === (weekday + ahead + 7) % 7);
    const opening = hours && openingOf(hours);
    if (!opening) continue;
    const [opens, closes] = opening.map((time) => ahead * DAY + time) as [number, number];
    if (minute >= opens && minute < closes) return undefined;
    if (opens > minute) next ??= now + (opens - minute) * 60_000;
  }
  return next;
}

/** Minutes from midnight; past 24:00 where a day closes on the next one. */
function openingOf(hours: PublicInbox['working_hours'][number]): [opens: number, closes: number] | undefined {
  if (hours.closed_all_day) return undefined;
  if (hours.open_all_day) return [0, DAY];
  const opens = toMinutes(hours.open_hour, hours.open_minutes);
  const closes = toMinutes(hours.close_hour, hours.close_minutes);
  return [opens, closes <= opens ? closes + DAY : closes];
}

/** "today 14:00", "Monday 09:00", in the reader's own language and time zone. */
export function momentText(time: number, { tag }: Language): string {
  const days = Math.round((startOfDay(time) - startOfDay(Date.now())) / (DAY * 60_000));
  const day =
    days < 2
      ? new Intl.RelativeTimeFormat(tag, { numeric: 'auto' }).format(days, 'day')
      : new Date(time).toLocaleDateString(tag, { weekday: 'long' });
  return `${day} ${new Date(time).toLocaleTimeString(tag, { hour: 'numeric', minute: '2-digit' })}`;
}

const toMinutes = (hour: number | null, minutes: number | null) => (hour ?? 0) * 60 + (minutes ?? 0);

const startOfDay = (time: number) => new Date(time).setHours(0, 0, 0, 0);

/** Weekday and minute of the day where the company is. A time zone that the browser does not know counts as UTC. */
function localTime(now: number, timeZone: string): [weekday: number, minute: number] {
  const options = { weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  let format = new Intl.DateTimeFormat('en', { ...options, timeZone: 'UTC' });
  try {
    format = new Intl.DateTimeFormat('en', { ...options, timeZone });
  } catch {
    // Named in another way than IANA's.
  }
  const parts = Object.fromEntries(format.formatToParts(now).map(({ type, value }) => [type, value]));
  return [weekdays.indexOf(parts.weekday ?? ''), Number(parts.hour) * 60 + Number(parts.minute)];
}
