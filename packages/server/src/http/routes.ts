/** Contract to routes: every endpoint with its aliases, its reading of input and its caller, on one Fastify instance. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Endpoint, Input, Output, Throttle } from '@hoory/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../app.ts';
import type { Caller, CallerOf } from '../caller.ts';
import { isOutcomeUnknown } from '../db/database-failed.ts';
import { Refusal, StaleCaller } from '../errors.ts';
import { discardUnkept } from '../files/discard.ts';
import { endWhenClosing } from './closing.ts';
import {
  type IdempotentRequest,
  StoredResponse,
  storeResponseAfter,
  storeResponseOfWrite,
} from './idempotency.ts';
import { isTyped } from './json-body.ts';
import { MultipartBody, readMultipart } from './multipart-body.ts';
import { printerOf } from './print.ts';
import { queryOf } from './query.ts';
import { type Bag, inputReader } from './read-input.ts';
import { refuseTextForFiles, refuseUnread } from './unread.ts';
import type { Upload } from './upload.ts';

/** What a verb may know of the request beyond its input. */
export interface RequestContext {
  uploads: Upload[];
  /** Names in lower case. */
  headers: IncomingHttpHeaders;
  /** Where the request came from, for limits. */
  address: string;
  /** Sets an answer header, for sign-in (application-api.md section 2.2). */
  header(name: string, value: string): void;
  /** Aborted when the caller hangs up or the server closes, for answers that wait. */
  signal: AbortSignal;
}

export interface Verb<E extends Endpoint> {
  (app: App, caller: CallerOf<E>, input: Input<E>, context: RequestContext): Promise<Output<E> | void>;
  /** Compares a cached caller with the stored rows within its transaction. @throws StaleCaller */
  comparesCachedCaller?: true;
}

/** The compiler asks for every endpoint of a table and checks input and output. */
export type Routes<Table extends Record<string, Endpoint>> = { [Name in keyof Table]: Verb<Table[Name]> };

/** Who is calling, in two steps: by path and headers alone before a body is read, then with the whole input. */
export interface Authentication {
  authenticate(
    app: App,
    endpoint: Endpoint,
    request: FastifyRequest,
    /** Whether the caller may be given as it was found last. */
    how?: { mayUseCache?: boolean },
  ): Promise<Caller>;
  applyIdentityPolicy(app: App, endpoint: Endpoint, caller: Caller, bag: Bag): Caller | Promise<Caller>;
  /** Headers that every answer to this caller carries. */
  headersFor(caller: Caller): Record<string, string> | undefined;
  /** Names the caller for idempotency keys and rate limits; undefined when it is anonymous. */
  nameOfCaller(caller: Caller, request: FastifyRequest): string;
}

interface AnyVerb {
  (app: App, caller: Caller, input: Bag, context: RequestContext): Promise<unknown>;
  comparesCachedCaller?: true;
}

/** Registers a table of endpoints with its verbs. */
export function registerRoutes<Table extends Record<string, Endpoint>>(
  http: FastifyInstance,
  { app, authentication }: { app: App; authentication: Authentication },
  table: Table,
  routes: Routes<Table>,
): void {
  const waiting = new Set<AbortController>();
  http.addHook('preClose', (done) => {
    for (const controller of waiting) controller.abort();
    done();
  });
  for (const [name, endpoint] of Object.entries(table)) {
    const verb = routes[name as keyof Table] as unknown as AnyVerb;
    const handler = handlerOf({ app, authentication, waiting }, endpoint, verb);
    for (const url of pathsOf(endpoint))
      for (const method of methodsOf(endpoint))
        http.route({
          method,
          url,
          handler,
        });
  }
}

const methodsOf = (endpoint: Endpoint) =>
  endpoint.method === 'PATCH' ? ['PATCH', 'PUT'] : [endpoint.method];

/** `{name}` becomes `:name`; the Client API also answers under the newer words (client-api.md section 9). */
function pathsOf({ path, aliases = [] }: Endpoint): string[] {
  return [path, ...aliases].flatMap(spellingsOf);
}

function spellingsOf(path: string): string[] {
  const url = path.replaceAll(/\{(\w+)\}/g, ':$1');
  if (!url.startsWith('/public/api/v1/inboxes')) return [url];
  const spelled = ['inboxes', 'channels'].map((word) => url.replace('/inboxes', `/${word}`));
  return spelled.flatMap((one) =>
    one.includes('/contacts') ? [one, one.replace('/contacts', '/customers')] : [one],
  );
}

interface Doors {
  app: App;
  authentication: Authentication;
  /** Of the answers that wait. */
  waiting: Set<AbortController>;
}

function handlerOf({ app, authentication, waiting }: Doors, endpoint: Endpoint, verb: AnyVerb) {
  const read = inputReader(endpoint);
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const uploads: Upload[] = [];
    try {
      const identified = await authentication.authenticate(app, endpoint, request, {
        mayUseCache: mayUseCache(verb, request),
      });
      const headers = authentication.headersFor(identified);
      if (headers) reply.headers(headers);
      const name = authentication.nameOfCaller(identified, request);
      takeTurn(app, name, request);
      if (endpoint.throttle) throttle(app, endpoint.throttle, identified);
      const query = queryOf(request);
      const body = unwrap(endpoint, await readBody(app, request, { endpoint, uploads }));
      if (!uploads.length) refuseUnread(endpoint, body, query);
      const bag = toBag([body, query, request.params as Bag]);
      const typed = isTyped(body) ? body : undefined;
      refuseTextForFiles(endpoint, bag);
      const answerTo = async (known: Caller) => {
        const caller = await authentication.applyIdentityPolicy(app, endpoint, known, bag);
        const input = read(bag, typed);
        const idempotent = findIdempotentRequest(request, name, input, uploads);
        const context = new Context(request, reply, { uploads, waiting });
        const run = (within: App) => verb(within, caller, input, context);
        return idempotent && endpoint.inPieces
          ? storeResponseAfter(app, idempotent, { work: () => run(app), headers: context.ownHeaders })
          : run(idempotent ? storeResponseOfWrite(app, idempotent) : app);
      };
      const answer = await answerTo(identified).catch(async (error) => {
        if (!(error instanceof StaleCaller)) throw error;
        return answerTo(await authentication.authenticate(app, endpoint, request));
      });
      return send(reply, endpoint, answer);
    } catch (error) {
      if (error instanceof StoredResponse) return send(reply.headers(error.headers), endpoint, error.answer);
      // A row may name them; if none does, the sweep finds that out.
      if (isOutcomeUnknown(error)) uploads.length = 0;
      throw error;
    } finally {
      if (uploads.length) await discardUnkept(app, uploads);
    }
  };
}

interface BodyReading {
  endpoint: Endpoint;
  uploads: Upload[];
}

async function readBody(
  app: App,
  { body }: FastifyRequest,
  { endpoint, uploads }: BodyReading,
): Promise<Bag> {
  if (body instanceof MultipartBody) return readMultipart(body, { app, endpoint, uploads });
  return (body ?? {}) as Bag;
}

/** Not with files, which a verb would describe twice, nor where the answer may be there already and no verb compares. */
const mayUseCache = ({ comparesCachedCaller }: AnyVerb, request: FastifyRequest): boolean =>
  comparesCachedCaller === true &&
  !(request.body instanceof MultipartBody) &&
  request.headers['idempotency-key'] === undefined;

/** Requests per minute. Session, user and inbox come first; the address only catches what has no other name. */
const perMinute = { session: 600, user: 1200, bot: 1200, anonymous: 6000, inbox: 20_000, address: 3000 };

/** @throws too_many_requests with the seconds to wait */
function takeTurn(app: App, name: string, request: FastifyRequest): void {
  const kind = name.split(':')[0] as keyof typeof perMinute;
  const { inbox_identifier } = request.params as { inbox_identifier?: string };
  const wait =
    app.limits.take(name, perMinute[kind], 60_000) ||
    (inbox_identifier && app.limits.take(`inbox:${inbox_identifier}`, perMinute.inbox, 60_000)) ||
    app.limits.take(`address:${request.ip}`, perMinute.address, 60_000);
  if (wait) throw new Refusal('too_many_requests', 'Too many requests, wait a little', { retryAfter: wait });
}

/** The limit that an endpoint has of its own. @throws too_many_requests with the seconds to wait */
function throttle(app: App, { name, most, seconds, per }: Throttle, caller: Caller): void {
  const owner = per === 'account' ? 'account' in caller && caller.account : 'user' in caller && caller.user;
  const retryAfter = owner && app.limits.take(`${name}:${owner.id}`, most, seconds * 1000);
  if (retryAfter) throw new Refusal('too_many_requests', 'Too many requests, wait a little', { retryAfter });
}

/** A JSON body may nest its fields under the endpoint's root key, or leave them flat (application-api.md section 1). */
function unwrap({ root }: Endpoint, body: Bag): Bag {
  const inner = root === undefined ? undefined : body[root];
  return typeof inner === 'object' && inner !== null && !Array.isArray(inner)
    ? { ...body, ...(inner as Bag) }
    : body;
}

/** Later parts win. Written out: spreading several objects into one costs 2 us. */
function toBag(parts: readonly Bag[]): Bag {
  const bag: Bag = {};
  for (const part of parts)
    for (const name of Object.keys(part)) if (name !== '__proto__') bag[name] = part[name];
  return bag;
}

class Context implements RequestContext {
  readonly uploads: Upload[];
  readonly ownHeaders: Record<string, string> = {};
  readonly #request: FastifyRequest;
  readonly #reply: FastifyReply;
  readonly #waiting: Set<AbortController>;

  constructor(
    request: FastifyRequest,
    reply: FastifyReply,
    { uploads, waiting }: { uploads: Upload[]; waiting: Set<AbortController> },
  ) {
    this.#request = request;
    this.#reply = reply;
    this.uploads = uploads;
    this.#waiting = waiting;
  }

  get headers() {
    return this.#request.headers;
  }

  get address() {
    return this.#request.ip;
  }

  header(name: string, value: string) {
    this.ownHeaders[name] = value;
    this.#reply.header(name, value);
  }

  get signal() {
    const controller = new AbortController();
    this.#waiting.add(controller);
    this.#reply.raw.once('close', () => {
      controller.abort();
      this.#waiting.delete(controller);
    });
    return controller.signal;
  }
}

function send(reply: FastifyReply, endpoint: Endpoint, answer: unknown): FastifyReply {
  reply.code(endpoint.status ?? 200);
  endWhenClosing(reply);
  if (endpoint.returns === null) return reply.send('');
  const text = printerOf(endpoint.returns)(answer ?? null);
  return reply.type('application/json; charset=utf-8').send(text);
}

function findIdempotentRequest(
  request: FastifyRequest,
  caller: string,
  input: Bag,
  uploads: Upload[],
): IdempotentRequest | undefined {
  const key = request.headers['idempotency-key'];
  if (request.method !== 'POST' || typeof key !== 'string' || !key.trim()) return undefined;
  return {
    caller,
    route: `POST ${request.url.split('?')[0]}`,
    key: key.trim(),
    content: JSON.stringify(
      [input, uploads.map(({ file_name, sha256 }) => [file_name, sha256])],
      withoutUploads,
    ),
  };
}

/** Store keys differ from try to try; the files' hashes stand for them. */
const withoutUploads = (_name: string, value: unknown) =>
  typeof value === 'object' && value !== null && 'sha256' in value ? undefined : value;
