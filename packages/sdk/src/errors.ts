/** The one error of the SDK, and how an HTTP answer becomes one. */
import type { FetchResponse } from './platform.ts';

/**
 * - `network`: no answer (offline, refused, CORS); `timeout`: none in time; `aborted`: the caller gave up
 * - `unauthorized` 401, `forbidden` 403, `not_found` 404, `invalid` any other 4xx, `rate_limited` 429, `server` 5xx
 * - `attachments_lost`: the page was reloaded before the files of a queued message were sent
 * - `closed`: the client was closed or reset meanwhile
 */
export type ErrorCode =
  | 'network'
  | 'timeout'
  | 'aborted'
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'invalid'
  | 'rate_limited'
  | 'server'
  | 'attachments_lost'
  | 'closed';

export interface HooryErrorFields {
  /** HTTP status; 0 when there was no answer. */
  status?: number;
  /** The server's answer: parsed when it is JSON, else text. */
  body?: unknown;
  /** Names the request in the server's log (header `x-request-id`, where the browser lets us read it). */
  requestId?: string;
  /** Seconds to wait before trying again (header `retry-after`). */
  retryAfter?: number;
  cause?: unknown;
}

export class HooryError extends Error {
  override readonly name = 'HooryError';
  readonly code: ErrorCode;
  readonly status: number;
  readonly body: unknown;
  readonly requestId: string | undefined;
  readonly retryAfter: number | undefined;

  constructor(code: ErrorCode, message: string, fields: HooryErrorFields = {}) {
    super(message, 'cause' in fields ? { cause: fields.cause } : undefined);
    this.code = code;
    this.status = fields.status ?? 0;
    this.body = fields.body;
    this.requestId = fields.requestId;
    this.retryAfter = fields.retryAfter;
  }

  /** Whether the same request may succeed later, unchanged. */
  get temporary(): boolean {
    return (
      this.code === 'network' ||
      this.code === 'timeout' ||
      this.code === 'rate_limited' ||
      this.code === 'server' ||
      this.status === 408 ||
      this.status === 425
    );
  }
}

const codes: Record<number, ErrorCode> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  429: 'rate_limited',
};

/** An answer outside 2xx. */
export function toError(response: Pick<FetchResponse, 'status' | 'headers'>, text: string): HooryError {
  const { status, headers } = response;
  const body = parse(text);
  return new HooryError(codes[status] ?? (status < 500 ? 'invalid' : 'server'), messageOf(body, status), {
    status,
    body,
    requestId: headers.get('x-request-id') ?? undefined,
    retryAfter: Number(headers.get('retry-after')) || undefined,
  });
}

/** Whatever was thrown, as the SDK's error. */
export function asError(thrown: unknown): HooryError {
  return thrown instanceof HooryError
    ? thrown
    : new HooryError('network', 'The server could not be reached', { cause: thrown });
}

/** JSON if it is JSON, else the text; undefined for an empty body. */
export function parse(text: string): unknown {
  if (!text) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The server says what is wrong in `message`, `error` or `errors` (client-api.md section 3). */
function messageOf(body: unknown, status: number): string {
  const { message, error } = (typeof body === 'object' && body ? body : {}) as Record<string, unknown>;
  if (typeof message === 'string') return message;
  return typeof error === 'string' ? error : `The server answered ${status}`;
}
