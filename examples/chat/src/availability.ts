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
  for (let ahead = 0; ahead <= 7; ahead++) {
    const hours = inbox.working_hours.find((day) => day.day_of_week === (weekday + ahead) % 7);
    if (!hours || hours.closed_all_day) continue;
    const opens = hours.open_all_day ? 0 : toMinutes(hours.open_hour, hours.open_minutes);
    const closes = hours.open_all_day ? DAY : toMinutes(hours.close_hour, hours.close_minutes);
    if (ahead === 0 && minute >= opens && minute < closes) return undefined;
    const wait = ahead * DAY + opens - minute;
    if (wait > 0) return now + wait * 60_000;
  }
  return undefined;
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
