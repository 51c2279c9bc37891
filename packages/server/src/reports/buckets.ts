/** Spans of time in the reader's own time zone, without I/O: which bucket an hour falls into, and all buckets of a span. */
import { unprocessable } from '../errors.ts';
import type { Clock } from '../time.ts';

export type Period = 'hour' | 'day' | 'week' | 'month' | 'year';

/** In milliseconds; the clock is the reader's. */
export interface TimeSpan {
  since: number;
  until: number;
  clock: Clock;
}

export const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** A year of hours and some more: what a plot can show. */
const maxBuckets = 10_000;

/** Start of the bucket that holds a local time, as local time; weeks begin on Sunday. */
export function bucketStart(period: Period, local: number): number {
  const day = Math.floor(local / dayMs) * dayMs;
  const date = new Date(local);
  switch (period) {
    case 'hour':
      return Math.floor(local / hourMs) * hourMs;
    case 'day':
      return day;
    case 'week':
      return day - date.getUTCDay() * dayMs;
    case 'month':
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
    case 'year':
      return Date.UTC(date.getUTCFullYear(), 0);
  }
}

function nextBucketStart(period: Period, start: number): number {
  const date = new Date(start);
  switch (period) {
    case 'hour':
      return start + hourMs;
    case 'day':
      return start + dayMs;
    case 'week':
      return start + 7 * dayMs;
    case 'month':
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
    case 'year':
      return Date.UTC(date.getUTCFullYear() + 1, 0);
  }
}

/** Starts of all buckets of the span, as local times. @throws unprocessable for more than a plot can show */
export function listBucketStarts(period: Period, { since, until, clock }: TimeSpan): number[] {
  const starts: number[] = [];
  const end = clock.toLocal(until);
  for (
    let start = bucketStart(period, clock.toLocal(since));
    start < end;
    start = nextBucketStart(period, start)
  ) {
    starts.push(start);
    if (starts.length > maxBuckets) throw unprocessable('The span is too long to be grouped so finely');
  }
  return starts;
}
