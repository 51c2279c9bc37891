/**
 * Refuses a method that an address does not have with 405 and the list of its methods. The Client API refuses it with 404, like an
 * unknown address, when other addresses of that API have the method (client-api.md section 3).
 */
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { notFound, Refusal } from '../errors.ts';
import { errorBody } from './errors.ts';
import { toRoutedUrl } from './routed-url.ts';

const served = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** Whether any route has the method. */
export const isServed = (method: string): boolean => served.includes(method);

/** Methods by the pattern of their address. */
type Routes = Map<string, Set<string>>;

/** How a request is refused because of its method: with `allow` as its header, or like an unknown address. */
interface RefusedMethod {
  refusal: Refusal;
  allow: string | undefined;
}

/** Collects the routes that are registered after it. @returns what a method that is not served is refused with */
export function watchMethods(http: FastifyInstance): (method: string, url: string) => RefusedMethod {
  const routes: Routes = new Map();
  http.addHook('onRoute', ({ url, method }) => {
    const methods = routes.get(url) ?? new Set();
    for (const one of [method].flat()) methods.add(one);
    routes.set(url, methods);
  });
  let patterns: readonly Pattern[] | undefined;
  return (method, url) => {
    patterns ??= [...routes].map(([pattern, methods]) => ({
      shape: shapeOf(pattern),
      names: pattern.split(/[:*]/).length,
      methods,
    }));
    const allow = isServed(method) && url.startsWith('/public/') ? [] : methodsOf(patterns, url);
    if (!allow.length) return { refusal: notFound(), allow: undefined };
    const refusal = new Refusal('method_not_allowed', `The method ${method} is not served here`);
    return { refusal, allow: allow.join(', ') };
  };
}

interface Pattern {
  shape: RegExp;
  /** How many of its segments are names. */
  names: number;
  methods: ReadonlySet<string>;
}

function methodsOf(patterns: readonly Pattern[], url: string): string[] {
  const path = toRoutedUrl({ url })
    .replace(/\?.*$/s, '')
    .replace(/(?<=.)\/$/, '');
  const matching = patterns.filter(({ shape }) => shape.test(path));
  // `/contacts/active` is an address of its own beside `/contacts/:id`.
  const names = Math.min(...matching.map((one) => one.names));
  const found = new Set(matching.filter((one) => one.names === names).flatMap(({ methods }) => [...methods]));
  // Browsers call the Client API from other origins.
  if (found.size && path.startsWith('/public/')) found.add('OPTIONS');
  return served.filter((method) => found.has(method));
}

/** A route for every address does not count as an address. */
const shapeOf = (url: string): RegExp =>
  new RegExp(
    `^${url
      .replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&')
      .replaceAll(/:\w+/g, '[^/]+')
      .replace(/^\*$|^\/\*$/, '(?!)')
      .replaceAll('*', '.*')}$`,
  );

type UnreadRequest = Error & { code?: string; rawPacket?: unknown };

/** Responds to a request whose first line or headers Node could not parse. */
export function answerUnread(
  refuse: (method: string, url: string) => RefusedMethod,
  error: UnreadRequest,
  socket: Socket,
): void {
  if (error.code !== 'ECONNRESET' && socket.writable) socket.write(answerTo(refuse, error));
  socket.destroy(error);
}

function answerTo(
  refuse: (method: string, url: string) => RefusedMethod,
  { code, rawPacket }: UnreadRequest,
): string {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return printed('408 Request Timeout', { error: 'The request took too long to arrive' });
  if (code === 'HPE_HEADER_OVERFLOW')
    return printed('431 Request Header Fields Too Large', {
      error: 'The address and the headers are too long',
    });
  const [, method, url] =
    /^([A-Z][A-Z-]*) (\/\S*) HTTP\/1\.[01]\r?\n/.exec(
      Buffer.isBuffer(rawPacket) ? rawPacket.toString('latin1') : '',
    ) ?? [];
  if (code !== 'HPE_INVALID_METHOD' || !method || !url)
    return printed('400 Bad Request', { error: 'The request is not HTTP that is read here' });
  const { refusal, allow } = refuse(method, url);
  const status = allow === undefined ? '404 Not Found' : '405 Method Not Allowed';
  return printed(status, errorBody(url, refusal), allow);
}

function printed(status: string, body: object, allow?: string): string {
  const text = JSON.stringify(body);
  const lines = [
    `HTTP/1.1 ${status}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(text)}`,
    ...(allow === undefined ? [] : [`allow: ${allow}`]),
    'connection: close',
  ];
  return `${lines.join('\r\n')}\r\n\r\n${text}`;
}
