/** Times as people say them: relative up to a day, then dates, in the language of the desk. */
import { useSyncExternalStore } from 'react';
import { useLanguage } from './words.ts';

let now = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/**
 * The current time in milliseconds, updated every 20 seconds. All components share one timer, which runs only while one of
 * them is mounted.
 */
export function useNow(): number {
  return useSyncExternalStore(
    (changed) => {
      listeners.add(changed);
      timer ??= setInterval(tick, 20_000);
      return () => {
        listeners.delete(changed);
        if (listeners.size) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
    () => now,
  );
}

function tick(): void {
  now = Date.now();
  for (const changed of listeners) changed();
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Formats of a time in unix seconds. */
export interface Times {
  /** `2m`, `3h`, then `12 Mar`. */
  short(seconds: number): string;
  /** How long since: `2m`, `3h`, `4d`. */
  since(seconds: number): string;
  /** `14:05` */
  clock(seconds: number): string;
  /** `Today`, `Yesterday`, `Tuesday, 4 March`. */
  day(seconds: number): string;
  /** `Tuesday, 4 March 2025 at 14:05` */
  full(seconds: number): string;
}

/** The formats in the language of the desk. Relative times grow older on the screen, since `useNow` is part of them. */
export function useTimes(): Times {
  const language = useLanguage();
  const current = useNow() / 1000;
  const span = (value: number, unit: string) =>
    new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'narrow' }).format(value);
  const date = (seconds: number, options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(language, options).format(seconds * 1000);
  const isThisYear = (seconds: number) => new Date(seconds * 1000).getFullYear() === new Date().getFullYear();

  const since = (seconds: number) => {
    const age = Math.max(0, current - seconds);
    if (age < HOUR) return span(Math.max(1, Math.floor(age / MINUTE)), 'minute');
    return age < DAY ? span(Math.floor(age / HOUR), 'hour') : span(Math.floor(age / DAY), 'day');
  };
  return {
    since,
    short(seconds) {
      if (current - seconds < DAY) return since(seconds);
      return date(seconds, {
        day: 'numeric',
        month: 'short',
        ...(!isThisYear(seconds) && { year: 'numeric' }),
      });
    },
    clock: (seconds) => date(seconds, { hour: 'numeric', minute: '2-digit' }),
    day(seconds) {
      const days = Math.round((startOfDay(Date.now()) - startOfDay(seconds * 1000)) / (DAY * 1000));
      if (days < 2)
        return capital(new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(-days, 'day'));
      const year = isThisYear(seconds) ? undefined : 'numeric';
      return date(seconds, { weekday: 'long', day: 'numeric', month: 'long', year });
    },
    full: (seconds) => date(seconds, { dateStyle: 'full', timeStyle: 'short' }),
  };
}

function startOfDay(ms: number): number {
  return new Date(ms).setHours(0, 0, 0, 0);
}

const capital = (text: string) => text.charAt(0).toLocaleUpperCase() + text.slice(1);
