/** The error class of the SDK, and the conversion of HTTP answers to it (client-api.md section 3). */
import type { FetchResponse } from './platform.ts';
import type { RefusalCode } from './wire.ts';

/**
 * The contract's word for the status (`unauthorized` for every 401), or what kept the server from answering:
 * - `network`: offline, connection refused, CORS; `timeout`: no answer in time; `aborted`: by the caller's signal
 * - `attachments_lost`: the page was closed before the files of a queued message were sent
 * - `closed`: the client was closed meanwhile
 */
export type ErrorCode = RefusalCode | 'network' | 'timeout' | 'aborted' | 'attachments_lost' | 'closed';

/** Fields of the answer that became an error. */
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

/**
 * Thrown by every call of the SDK that fails. `code` says why, `temporary` whether to try again; `message` is the server's text,
 * in English and fit to be logged.
 */
export class HooryError extends Error {
  override readonly name = 'HooryError';
  declare readonly code: ErrorCode;
  declare readonly status: number;
  declare readonly body: unknown;
  declare readonly requestId: string | undefined;
  declare readonly retryAfter: number | undefined;

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
    const { code, status } = this;
    return code === 'network' || code === 'timeout' || status >= 500 || [408, 425, 429].includes(status);
  }
}

const codes: Record<number, ErrorCode> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  413: 'too_large',
  415: 'unsupported_type',
  422: 'unprocessable',
  429: 'too_many_requests',
  503: 'unavailable',
};

/** An answer outside 2xx. */
export function toError(response: Pick<FetchResponse, 'status' | 'headers'>, text: string): HooryError {
  const { status, headers } = response;
  const body = parse(text);
  const named = isObject(body) && 'attributes' in body ? 'invalid' : codes[status];
  return new HooryError(named ?? (status < 500 ? 'bad_request' : 'internal'), messageOf(body, status), {
    status,
    body,
    requestId: headers.get('x-request-id') ?? undefined,
    retryAfter: Number(headers.get('retry-after')) || undefined,
  });
}

/** Converts anything thrown; what is not a `HooryError` came from `fetch` and counts as `network`. */
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

/** The server says what is wrong in `message`, `error` or `errors` (contract: errors.ts). */
function messageOf(body: unknown, status: number): string {
  const { message, error, errors } = isObject(body) ? body : {};
  const text = message ?? error ?? (Array.isArray(errors) ? errors.join(', ') : undefined);
  return typeof text === 'string' && text ? text : `The server answered ${status}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
