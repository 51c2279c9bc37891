/** Requests to the public address as a client sends them, with what a client of a library does not see: raw headers and its own port. */
import { type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { makeToken, tokenHeader } from '../token.ts';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  /** How often a header came. */
  countOf(name: string): number;
  body: string;
  /** The client's end of the connection. */
  localPort: number;
  tookMs: number;
}

export interface Question {
  method?: string;
  headers?: Record<string, string>;
  /** Milliseconds without any progress. */
  timeoutMs?: number;
  /** A body of this declared length, of which at most `sentBytes` are sent. */
  body?: { bytes: number; sentBytes: number };
}

export interface Site {
  address: URL;
  /** Undefined where the installation's key is not known. */
  token: string | undefined;
  /** The header `Server` of the first answer. */
  server: string | undefined;
  /** @throws errors of the connection, also when it ends or nothing comes */
  ask(path: string, question?: Question): Promise<Answer>;
  /** As `ask`, with the token. */
  askWithToken(path: string, question?: Question): Promise<Answer>;
}

const defaultTimeoutMs = 10_000;
/** Characters of a body that are read. */
const maxBody = 2 * 1024 * 1024;

/** @param key of the installation */
export function openSite(address: URL, key: string | undefined): Site {
  const token = key && makeToken(key, Date.now());
  const site: Site = {
    address,
    token,
    server: undefined,
    ask: async (path, question = {}) => {
      const answer = await send(new URL(path, address), question);
      const { server = '' } = answer.headers;
      site.server ??= typeof server === 'string' ? server : server.join();
      return answer;
    },
    askWithToken: (path, question = {}) =>
      site.ask(path, {
        ...question,
        headers: { ...question.headers, ...(token && { [tokenHeader]: token }) },
      }),
  };
  return site;
}

/** The certificate is judged by its own check; here a wrong one must not hide what else is wrong. */
const lenient = { agent: false, rejectUnauthorized: false } as const;

/** Sends one request on a connection of its own. */
export function send(
  url: URL,
  { method = 'GET', headers, timeoutMs = defaultTimeoutMs, body }: Question,
): Promise<Answer> {
  const start = performance.now();
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      ...lenient,
      method,
      headers: {
        'user-agent': 'hoory-doctor',
        ...headers,
        ...(body && { 'content-length': String(body.bytes), 'content-type': 'application/octet-stream' }),
      },
      timeout: timeoutMs,
    });
    let isAnswered = false;
    sent.on('timeout', () =>
      sent.destroy(new Error(`No answer within ${Math.round(timeoutMs / 1000)} seconds`)),
    );
    // A proxy that refuses a body closes the connection while the rest of it is sent.
    sent.on('error', (error) => !isAnswered && reject(error));
    sent.on('response', (response) => {
      isAnswered = true;
      const localPort = response.socket.localPort ?? 0;
      readBody(response).then((text) => {
        sent.destroy();
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          countOf: (name) =>
            response.rawHeaders.filter((one, index) => index % 2 === 0 && one.toLowerCase() === name).length,
          body: text,
          localPort,
          tookMs: performance.now() - start,
        });
      }, reject);
    });
    if (!body) sent.end();
    else
      writeBody(sent, body, () => isAnswered).catch((error) => {
        if (!isAnswered) reject(error);
      });
  });
}

async function readBody(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of response.setEncoding('latin1')) if (text.length < maxBody) text += chunk;
  return Buffer.from(text, 'latin1').toString('utf8');
}

/** How long a refusal of the declared length is awaited before the body is sent. */
const refusalMs = 1500;
const chunk = Buffer.alloc(64 * 1024);

/** Sends the body, or stops when an answer has come. A body that is not sent whole ends the connection. */
async function writeBody(
  sent: ReturnType<typeof requestHttp>,
  { bytes, sentBytes }: { bytes: number; sentBytes: number },
  isAnswered: () => boolean,
): Promise<void> {
  sent.flushHeaders();
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, refusalMs);
    sent.once('response', () => {
      clearTimeout(timer);
      resolve();
    });
  });
  const most = Math.min(bytes, sentBytes);
  for (let done = 0; done < most && !isAnswered() && !sent.destroyed; ) {
    const part = chunk.subarray(0, Math.min(chunk.length, most - done));
    done += part.length;
    if (!sent.write(part)) await drained(sent);
  }
  if (isAnswered() || sent.destroyed) return;
  if (most === bytes) sent.end();
  else sent.destroy(new BodyCut());
}

/** The body was taken as far as it was sent. */
export class BodyCut extends Error {
  constructor() {
    super('The body was not sent to its end');
    this.name = 'BodyCut';
  }
}

/** Resolves when more can be written, or nothing more needs to be. */
function drained(sent: ReturnType<typeof requestHttp>): Promise<void> {
  const events = ['drain', 'close', 'response'];
  return new Promise((resolve) => {
    const done = () => {
      for (const event of events) sent.off(event, done);
      resolve();
    };
    for (const event of events) sent.on(event, done);
  });
}
