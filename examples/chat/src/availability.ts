/** The line under the title: online, or when the company is back. From the connection, presence and working hours. */
import type { ConversationState, PublicInbox } from '@hoory/client';
import type { Language } from './words.ts';

const DAY = 24 * 60;

/** Messages written now are queued until the connection is back. */
export const isOffline = ({ connection }: ConversationState): boolean =>
  connection === 'offline' || !navigator.onLine;

/**
 * Outside the working hours nobody counts as online, whatever their presence, because the server answers with the inbox's
 * out-of-office text. Before the inbox is loaded, and offline, the text promises nothing.
 */
export function companyState(
  state: ConversationState,
  inbox: PublicInbox | undefined,
  { words, tag }: Language,
  soon = words.soon,
): { isOnline: boolean; text: string } {
  const { agents, messages } = state;
  const now = Date.now();
  const opening = inbox && nextOpening(inbox, now);
  const isOnline = opening === now && !isOffline(state) && Object.values(agents).includes('online');
  if (isOnline) {
    // Names are known only of agents who wrote in this conversation.
    const names = new Set<string>();
    for (const { sender } of messages)
      if (sender?.type === 'user' && agents[sender.id] === 'online') names.add(sender.name);
    return { isOnline, text: [...names, words.online, soon].join(' · ') };
  }
  const isBack = opening && opening > now && opening < Infinity;
  return { isOnline, text: isBack ? words.back.replace('{time}', momentText(opening, tag)) : words.away };
}

/** When the company opens next, in milliseconds: `now` while it is open or keeps no hours, `Infinity` when every day is closed. */
function nextOpening({ working_hours_enabled, working_hours, timezone }: PublicInbox, now: number): number {
  if (!working_hours_enabled) return now;
  const clock = clockAt(now, timezone);
  const minute = clock.getUTCHours() * 60 + clock.getUTCMinutes();
  // Yesterday's hours may go on past midnight.
  for (let ahead = -1; ahead <= 7; ahead++) {
    const day = working_hours[(clock.getUTCDay() + ahead + 7) % 7];
    if (!day || day.closed_all_day) continue;
    const opens = day.open_all_day ? 0 : toMinutes(day.open_hour, day.open_minutes);
    const closes = day.open_all_day ? DAY : toMinutes(day.close_hour, day.close_minutes);
    const start = ahead * DAY - minute;
    // A day that closes no later than it opens closes on the next one.
    if (start + closes + (closes > opens ? 0 : DAY) > 0) return now + Math.max(0, start + opens) * 60_000;
  }
  return Infinity;
}

/** "today 14:00", "Monday 09:00", in the reader's own language and time zone. */
function momentText(time: number, tag: string): string {
  const days = Math.round((startOfDay(time) - startOfDay(Date.now())) / (DAY * 60_000));
  const day =
    days < 2
      ? new Intl.RelativeTimeFormat(tag, { numeric: 'auto' }).format(days, 'day')
      : new Date(time).toLocaleDateString(tag, { weekday: 'long' });
  return `${day} ${new Date(time).toLocaleTimeString(tag, { hour: 'numeric', minute: '2-digit' })}`;
}

const toMinutes = (hour: number | null, minutes: number | null) => (hour ?? 0) * 60 + (minutes ?? 0);

const startOfDay = (time: number) => new Date(time).setHours(0, 0, 0, 0);

/** The local time of a time zone, as a `Date` whose UTC fields hold it. A time zone unknown to the browser counts as UTC. */
function clockAt(now: number, timeZone: string): Date {
  try {
    // Swedish writes dates as ISO does.
    const shown = new Date(now).toLocaleString('sv', { timeZone });
    return new Date(`${shown.replace(' ', 'T')}Z`);
  } catch {
    return new Date(now);
  }
}
