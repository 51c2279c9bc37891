/** Decisions about deliveries without I/O: the outcome of an attempt, the time of the next one, the rest of an endpoint. */
import { STATUS_CODES } from 'node:http';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** Pauses before the second and every later attempt (decisions.md 9). */
const retryDelaysMs = [
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
];
/** Delays for bots are shorter, because a customer waits for the answer (webhooks.md section 3). */
const botRetryDelaysMs = [3 * second, 3 * second];

/**
 * The result of an attempt: a response, a network fault, or a refusal, which is not retried. `inPublic` is the reason for customers
 * when the reason itself names internal addresses.
 */
export type Attempt =
  | { kind: 'answer'; status: number; retryAfter: string | undefined; body: string }
  | { kind: 'fault'; error: string }
  | { kind: 'refused'; error: string; inPublic?: string };

export type DeliveryOutcome =
  | { status: 'delivered' }
  | { status: 'pending'; next_attempt_at: number; error: string }
  | { status: 'failed'; error: string };

export interface AttemptedDelivery {
  endpoint: string;
  is_transient: number;
  /** This one included. */
  attempts: number;
}

/** @param random from 0 to 1, for the jitter that spreads retries */
export function decideOutcome(
  tried: AttemptedDelivery,
  attempt: Attempt,
  { now, random }: { now: number; random: number },
): DeliveryOutcome {
  if (attempt.kind === 'answer' && attempt.status >= 200 && attempt.status < 300)
    return { status: 'delivered' };
  const error = toErrorText(attempt);
  const isBot = tried.endpoint.startsWith('bot:');
  const pause = (isBot ? botRetryDelaysMs : retryDelaysMs)[tried.attempts - 1];
  if (!isRetryable(attempt) || tried.is_transient || pause === undefined) return { status: 'failed', error };
  const asked = isBot || attempt.kind !== 'answer' ? undefined : parseRetryAfter(attempt.retryAfter, now);
  const wait = asked === undefined ? pause * (1 + random / 10) : Math.min(asked * second, 24 * hour);
  return { status: 'pending', next_attempt_at: Math.ceil(now + wait), error };
}

function isRetryable(attempt: Attempt): boolean {
  if (attempt.kind !== 'answer') return attempt.kind === 'fault';
  return [408, 425, 429].includes(attempt.status) || attempt.status >= 500;
}

/** The error text of an attempt: `500 Internal Server Error`, or why there was no response. */
function toErrorText(attempt: Attempt): string {
  if (attempt.kind !== 'answer') return attempt.error;
  const text = `${attempt.status} ${STATUS_CODES[attempt.status] ?? ''}`.trim();
  return attempt.status >= 300 && attempt.status < 400 ? `${text}: redirects are not followed` : text;
}

/** `Retry-After`: seconds or a date, at least a second; undefined when it is neither. */
function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const seconds = /^\d+$/.test(header.trim()) ? Number(header) : (Date.parse(header) - now) / second;
  return Number.isNaN(seconds) ? undefined : Math.max(1, seconds);
}

/** Failed attempts in a row after which an endpoint rests. */
export const failuresUntilRest = 10;

/** Until when an endpoint rests after this number of failures in a row; null when it does not rest. */
export function restUntil(failures: number, now: number): number | null {
  if (failures < failuresUntilRest) return null;
  return now + Math.min(5 * second * 2 ** (failures - failuresUntilRest), 5 * minute);
}
