/** Spans of time in the reader's own time zone, without I/O: which bucket an hour falls into, and all buckets of a span. */
import { unprocessable } from '../errors.ts';
import type { Clock } from '../time.ts';

export type Period = 'hour' | 'day' | 'week' | 'month' | 'year';

/** In milliseconds; the clock is the reader's. */
export interface Span {
  since: number;
  until: number;
  clock: Clock;
}

export const hourLength = 3_600_000;
const dayLength = 24 * hourLength;
/** A year of hours and some more: what a plot can show. */
const mostBuckets = 10_000;

/** Start of the bucket that holds a local time, as local time; weeks begin on Sunday. */
export function startOf(period: Period, local: number): number {
  const day = Math.floor(local / dayLength) * dayLength;
  const date = new Date(local);
  switch (period) {
    case 'hour':
      return Math.floor(local / hourLength) * hourLength;
    case 'day':
      return day;
    case 'week':
      return day - date.getUTCDay() * dayLength;
    case 'month':
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
    case 'year':
      return Date.UTC(date.getUTCFullYear(), 0);
  }
}

function nextOf(period: Period, start: number): number {
  const date = new Date(start);
  switch (period) {
    case 'hour':
      return start + hourLength;
    case 'day':
      return start + dayLength;
    case 'week':
      return start + 7 * dayLength;
    case 'month':
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
    case 'year':
      return Date.UTC(date.getUTCFullYear() + 1, 0);
  }
}

/** Starts of all buckets of the span, as local times. @throws unprocessable for more than a plot can show */
export function bucketsOf(period: Period, { since, until, clock }: Span): number[] {
  const starts: number[] = [];
  const end = clock.toLocal(until);
  for (let start = startOf(period, clock.toLocal(since)); start < end; start = nextOf(period, start)) {
    starts.push(start);
    if (starts.length > mostBuckets) throw unprocessable('The span is too long to be grouped so finely');
  }
  return starts;
}
