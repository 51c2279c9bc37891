/** Buckets of time in the reader's time zone, without I/O: the bucket of a time, and all buckets of a span. */
import { unprocessable } from '../errors.ts';
import type { Clock } from '../time.ts';
import { type Interval, quarterMs } from './slots.ts';

export type Period = 'hour' | 'day' | 'week' | 'month' | 'year';

export interface TimeSpan extends Interval {
  /** The clock of the reader's time zone. */
  clock: Clock;
}

/** The part of a bucket within the span. */
export interface Bucket extends Interval {
  /** Unix seconds of the start of the whole bucket. */
  timestamp: number;
}

export const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** A year has 8,784 hours at most; a chart cannot show more points. */
const maxBuckets = 10_000;

/** The start of the bucket that contains a local time, as local time in milliseconds; weeks begin on Sunday. */
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

/** The starts of all buckets of the span, as local times. @throws unprocessable 422 for more than `maxBuckets` */
export function listBucketStarts(period: Period, { since, until, clock }: TimeSpan): number[] {
  const starts: number[] = [];
  const end = clock.toLocal(until);
  for (
    let start = bucketStart(period, clock.toLocal(since));
    start < end;
    start = nextBucketStart(period, start)
  ) {
    starts.push(start);
    if (starts.length > maxBuckets)
      throw unprocessable('The span has too many points: choose a shorter span or a longer group_by');
  }
  return starts;
}

/** All buckets of the span. @throws unprocessable as `listBucketStarts` */
export function listBuckets(period: Period, span: TimeSpan): Bucket[] {
  const { since, until, clock } = span;
  const starts = listBucketStarts(period, span).map((local) => clock.toUtc(local));
  // A bucket begins with a quarter of an hour also where the requested offset is no multiple of it.
  const bounds = [
    ...starts.slice(1).map((utc) => Math.min(until, Math.ceil(utc / quarterMs) * quarterMs)),
    until,
  ];
  return starts.map((utc, index) => ({
    timestamp: Math.floor(utc / 1000),
    since: index ? (bounds[index - 1] ?? since) : since,
    until: bounds[index] ?? until,
  }));
}
