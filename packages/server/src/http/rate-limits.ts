/** The rate limits of a request: those of every endpoint, and the limit of its own endpoint. */
import type { Throttle } from '@hoory/contract';
import type { App } from '../app.ts';
import type { Caller } from '../caller.ts';
import { Refusal } from '../errors.ts';
import type { ApiRequest } from './read-request.ts';

/** Requests per minute. Session, user and inbox come first; the address only limits callers without another name. */
const perMinute = { session: 600, user: 1200, bot: 1200, anonymous: 6000, inbox: 20_000, address: 3000 };
const minuteMs = 60_000;

/** The name of a caller. `key` is unique among callers of its kind. */
export interface CallerName {
  kind: 'session' | 'user' | 'bot' | 'anonymous';
  key: string;
}

/** Counts the request for its caller, its inbox and its address. @throws too_many_requests with the seconds to wait */
export function limitRequests({ limits }: App, { kind, key }: CallerName, { params, ip }: ApiRequest): void {
  const { inbox_identifier } = params;
  const retryAfter =
    limits.take(key, perMinute[kind], minuteMs) ||
    (inbox_identifier && limits.take(`inbox:${inbox_identifier}`, perMinute.inbox, minuteMs)) ||
    limits.take(`address:${ip}`, perMinute.address, minuteMs);
  if (retryAfter) throw tooMany(retryAfter);
}

/** Counts the request for the limit of its endpoint. @throws too_many_requests with the seconds to wait */
export async function limitEndpoint(
  { limits }: App,
  { name, most, seconds, per }: Throttle,
  caller: Caller,
): Promise<void> {
  const owner = per === 'account' ? 'account' in caller && caller.account : 'user' in caller && caller.user;
  const retryAfter = owner && (await limits.takeStrictly(`${name}:${owner.id}`, most, seconds * 1000));
  if (retryAfter) throw tooMany(retryAfter);
}

const tooMany = (retryAfter: number) =>
  new Refusal('too_many_requests', 'Too many requests, wait a little', { retryAfter });
