/** Requests of people who try again until they have an answer, as every client must. */
import type { History, Sent } from '../history.ts';
import { numberOrNone, objectOf } from '../json.ts';
import type { Random } from '../random.ts';
import { sleep } from '../wait.ts';

export interface Request {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: object;
}

export interface Answer {
  status: number;
  text: string;
}

/** From sending to the whole answer. The server itself answers 503 within less when its database is away. */
const timeoutMs = 5_000;

/** One attempt. @throws when the connection breaks or no answer comes in time */
export async function request(base: string, { method, path, headers, body }: Request): Promise<Answer> {
  const answer = await fetch(`${base}${path}`, {
    method,
    headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(timeoutMs),
  });
  return { status: answer.status, text: await answer.text() };
}

export interface Insisting {
  base: string;
  history: History;
  random: Random;
  /** Ends all attempts, when a run is given up. */
  signal: AbortSignal;
}

/**
 * Sends until it is acknowledged or refused, with the same key each time, and records all of it.
 * @returns the parsed answer; undefined when it was refused
 * @throws when the run is given up
 */
export async function insist(
  { base, history, random, signal }: Insisting,
  sent: Omit<Sent, 'kind'>,
  what: Request,
): Promise<unknown> {
  history.add({ kind: 'send', ...sent });
  for (;;) {
    signal.throwIfAborted();
    const answer = await attempt(base, what);
    if (typeof answer !== 'string' && answer.status < 300) {
      const parsed: unknown = answer.text ? JSON.parse(answer.text) : {};
      history.add({ kind: 'acknowledge', key: sent.key, id: numberOrNone(objectOf(parsed).id) });
      return parsed;
    }
    if (typeof answer !== 'string' && answer.status < 500 && answer.status !== 429) {
      history.add({ kind: 'refuse', key: sent.key, status: answer.status, text: answer.text });
      return undefined;
    }
    const reason = typeof answer === 'string' ? answer : String(answer.status);
    history.add({ kind: 'retry', key: sent.key, reason });
    await sleep(random.between(50, 400));
  }
}

/** @returns an answer, or why there is none */
const attempt = (base: string, what: Request): Promise<Answer | string> =>
  request(base, what).catch((error: unknown) => {
    if (!(error instanceof Error)) return String(error);
    return error.cause instanceof Error ? error.cause.message : error.message;
  });

/** Reads JSON with GET until it succeeds. @throws when the run is given up, and for a 4xx */
export async function readJson(
  base: string,
  path: string,
  { headers, signal }: { headers?: Record<string, string>; signal: AbortSignal },
): Promise<unknown> {
  for (;;) {
    signal.throwIfAborted();
    const answer = await attempt(base, { method: 'GET', path, headers });
    if (typeof answer !== 'string' && answer.status === 200) return JSON.parse(answer.text);
    if (typeof answer !== 'string' && answer.status >= 400 && answer.status < 500 && answer.status !== 429)
      throw new Error(`GET ${path} answered ${answer.status}: ${answer.text}`);
    await sleep(200);
  }
}
