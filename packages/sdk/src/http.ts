/** One HTTP request: address, body, time limit, answer or `HooryError`. Knows no endpoint and never retries. */
import { asError, HooryError, parse, toError } from './errors.ts';
import {
  type Fetch,
  type FetchResponse,
  type FormLike,
  host,
  type Send,
  type SentRequest,
  type SignalLike,
} from './platform.ts';

export interface HttpRequest {
  method: string;
  /** From the root of the server, parameters filled in. */
  path: string;
  /** Undefined values are left out. */
  query?: Record<string, unknown>;
  /** Sent as JSON, or as the form that it is. */
  body?: unknown;
  form?: FormLike;
  headers?: Record<string, string>;
  signal?: SignalLike;
  /** Milliseconds, 30 000 by default. */
  timeout?: number;
  /** Sends the form; upload progress needs another way than `fetch`. */
  send?: Send;
  /** Called with the headers of a successful answer. */
  received?: (headers: FetchResponse['headers']) => void;
}

export interface HttpOptions {
  /** Address of the server, e.g. `https://chat.example.com`. */
  base: string;
  fetch?: Fetch;
  /** Sent with every request, e.g. an access token. */
  headers?: () => Record<string, string> | Promise<Record<string, string>>;
}

/** Returns the parsed body, undefined when it is empty. Throws `HooryError`. */
export type Http = (request: HttpRequest) => Promise<unknown>;

export function createHttp({ base, fetch = defaultFetch(), headers }: HttpOptions): Http {
  const root = base.replace(/\/+$/, '');
  return async (request) => {
    const sent: Omit<SentRequest, 'signal'> = {
      method: request.method,
      headers: {
        accept: 'application/json',
        ...(request.body !== undefined && { 'content-type': 'application/json' }),
        ...(await headers?.()),
        ...request.headers,
      },
      body: request.form ?? (request.body === undefined ? undefined : JSON.stringify(request.body)),
    };
    return answer(request.send ?? fetch, root + request.path + toQuery(request.query), sent, request);
  };
}

async function answer(
  send: Send,
  url: string,
  sent: Omit<SentRequest, 'signal'>,
  request: HttpRequest,
): Promise<unknown> {
  const { signal, timeout = 30_000 } = request;
  const abort = new host.AbortController();
  /** Why this side has ended the request. */
  let ended: HooryError | undefined;
  const end = (error: HooryError) => {
    ended = error;
    abort.abort();
  };
  const cancel = () => end(new HooryError('aborted', 'The request was cancelled'));
  const timer = host.setTimeout(
    () => end(new HooryError('timeout', `The server did not answer within ${timeout / 1000} s`)),
    timeout,
  );
  signal?.addEventListener('abort', cancel);
  try {
    if (signal?.aborted) cancel();
    if (ended) throw ended;
    const response = await send(url, { ...sent, signal: abort.signal });
    const text = await response.text();
    if (!response.ok) throw toError(response, text);
    request.received?.(response.headers);
    return parse(text);
  } catch (error) {
    throw ended ?? asError(error);
  } finally {
    host.clearTimeout(timer);
    signal?.removeEventListener('abort', cancel);
  }
}

function toQuery(query: Record<string, unknown> = {}): string {
  const pairs = Object.entries(query).flatMap(([name, value]) => toPairs(name, value));
  return pairs.length ? `?${pairs.join('&')}` : '';
}

/** Lists become `name[]=a&name[]=b`. */
function toPairs(name: string, value: unknown): string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item) => toPairs(`${name}[]`, item));
  return [`${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`];
}

function defaultFetch(): Fetch {
  // Called through the global object: browsers refuse `fetch` with another `this`.
  return (url, init) => {
    if (!host.fetch) throw new HooryError('network', 'No fetch: give the option `fetch`');
    return host.fetch(url, init);
  };
}
