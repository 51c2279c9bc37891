/** What a read that takes too long is refused with, the same on both databases. */
import { Refusal } from '../errors.ts';

/** Time from the request for a long read to its rows. What takes longer is refused. */
export const longReadTimeoutMs = 5000;

/** Seconds after which a refused client may try again. */
const retryAfter = 5;

export const tooSlow = () =>
  new Refusal(
    'unavailable',
    'This takes too long to find. Narrow it: search for rarer words, add a condition, or choose a shorter time.',
    { retryAfter },
  );

export const tooManyLongReads = () =>
  new Refusal('unavailable', 'Too many searches, filters and reports run at the moment. Try again.', {
    retryAfter,
  });
