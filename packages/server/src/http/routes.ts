/** Registers the endpoints of the contract as routes of one Fastify instance, and runs the steps of each request. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Endpoint, Input, Output } from '@hoory/contract';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { App } from '../app.ts';
import type { Caller, CallerOf } from '../caller.ts';
import { isOutcomeUnknown } from '../db/database-failed.ts';
import { discardUnused } from '../files/discard.ts';
import { endWhenClosing } from './closing.ts';
import { findIdempotentRequest, type OwnHeaders, respondOnce, respondOnceInPieces } from './idempotency.ts';
import { methodsOf, pathsOf } from './paths.ts';
import { printerOf } from './print.ts';
import { type CallerName, limitEndpoint, limitRequests } from './rate-limits.ts';
import { type Fields, inputReader } from './read-input.ts';
import { type ApiRequest, type RequestFields, type RequestParts, readFields } from './read-request.ts';
import { HttpContext } from './request-context.ts';
import type { Upload } from './upload.ts';

/** The parts of a request that a verb may use beside its input. */
export interface RequestContext {
  uploads: Upload[];
  /** Names in lower case. */
  headers: IncomingHttpHeaders;
  /** The client's IP address, for limits. */
  address: string;
  /** The IP address at the other end of the connection, which is the proxy's behind one. */
  peer: string | undefined;
  /** Its port, by which a client recognises its own connection. */
  peerPort: number | undefined;
  /** Sets a response header, for sign-in (application-api.md section 2.2). */
  header(name: string, value: string): void;
  /** Aborted when the client disconnects or the server closes, for long polls. */
  signal: AbortSignal;
}

export type Verb<E extends Endpoint> = (
  app: App,
  caller: CallerOf<E>,
  input: Input<E>,
  context: RequestContext,
) => Promise<Output<E> | void>;

/** A verb for every endpoint of a table. The compiler checks that none is missing, and the types of input and output. */
export type Routes<Table extends Record<string, Endpoint>> = { [Name in keyof Table]: Verb<Table[Name]> };

/** Authentication in two steps: by path and headers before a body is read, then with the whole input. */
export interface Authentication {
  /** Loads the caller. @throws Refusal */
  authenticate(app: App, endpoint: Endpoint, request: ApiRequest): Promise<Caller>;
  /** Verifies a session by the proof in its input. @throws unauthorized */
  applyIdentityPolicy(app: App, endpoint: Endpoint, caller: Caller, input: Fields): Caller | Promise<Caller>;
  /** Headers of every response to this caller. */
  headersFor(caller: Caller): Record<string, string> | undefined;
  /** The name of the caller for idempotency keys and rate limits. Anonymous callers share a name per path. */
  nameOfCaller(caller: Caller, request: ApiRequest): CallerName;
}

type AnyVerb = (app: App, caller: Caller, input: Fields, context: RequestContext) => Promise<unknown>;

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
  for (const name in table) {
    const endpoint = table[name];
    if (!endpoint) continue;
    // A verb accepts only the caller and input of its endpoint, which `authenticate` and `readInput` make from that endpoint.
    const verb = routes[name] as AnyVerb;
    const handler = handlerOf({
      app,
      authentication,
      waiting,
      endpoint,
      verb,
      readInput: inputReader(endpoint),
    });
    for (const url of pathsOf(endpoint))
      for (const method of methodsOf(endpoint)) http.route<RequestParts>({ method, url, handler });
  }
}

interface Route {
  app: App;
  authentication: Authentication;
  /** Controllers of waiting requests. */
  waiting: Set<AbortController>;
  endpoint: Endpoint;
  verb: AnyVerb;
  readInput: ReturnType<typeof inputReader>;
}

interface Exchange {
  request: ApiRequest;
  reply: FastifyReply;
  uploads: Upload[];
}

/** The steps of a request, in order. */
function handlerOf(route: Route) {
  return async (request: ApiRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const exchange: Exchange = { request, reply, uploads: [] };
    try {
      const caller = await authenticate(route, exchange);
      const callerName = route.authentication.nameOfCaller(caller, request);
      await limit(route, exchange, { caller, callerName });
      const fields = await readFields(route.app, request, {
        endpoint: route.endpoint,
        uploads: exchange.uploads,
      });
      const response = await callVerb(route, exchange, { caller, callerName, fields });
      return send(route, reply, response);
    } catch (error) {
      // The message may be committed and refer to the files. If it is not, the sweep deletes them.
      if (isOutcomeUnknown(error)) exchange.uploads.length = 0;
      throw error;
    } finally {
      if (exchange.uploads.length) await discardUnused(route.app, exchange.uploads);
    }
  };
}

/** Loads the caller by path and headers, before a body is read, and sets the headers of its responses. */
async function authenticate(
  { app, authentication, endpoint }: Route,
  { request, reply }: Exchange,
): Promise<Caller> {
  const caller = await authentication.authenticate(app, endpoint, request);
  const headers = authentication.headersFor(caller);
  if (headers) reply.headers(headers);
  return caller;
}

/** The answer of a verb, or of the earlier request with the same `Idempotency-Key`. */
interface VerbResponse {
  answer: unknown;
  /** Headers that the verb has set, with an `Idempotency-Key`; without one its context alone sets them. */
  headers?: OwnHeaders;
}

interface Named {
  caller: Caller;
  callerName: CallerName;
}

/** Refuses a caller that sends too many requests. */
async function limit(
  { app, endpoint }: Route,
  { request }: Exchange,
  { caller, callerName }: Named,
): Promise<void> {
  limitRequests(app, callerName, request);
  if (endpoint.throttle) await limitEndpoint(app, endpoint.throttle, caller);
}

/** Applies the identity policy, reads the input by the endpoint's schemas, and runs the verb once per `Idempotency-Key`. */
async function callVerb(
  { app, authentication, waiting, endpoint, verb, readInput }: Route,
  { request, reply, uploads }: Exchange,
  { caller, callerName, fields }: Named & { fields: RequestFields },
): Promise<VerbResponse> {
  const verified = await authentication.applyIdentityPolicy(app, endpoint, caller, fields.values);
  const input = readInput(fields.values, fields.typed);
  const context = new HttpContext(request, reply, { uploads, waiting });
  const run = (within: App) => verb(within, verified, input, context);
  const idempotent = findIdempotentRequest(request, { caller: callerName.key, input, uploads });
  if (!idempotent) return { answer: await run(app) };
  const respond = endpoint.inPieces ? respondOnceInPieces : respondOnce;
  return respond(app, idempotent, { run, headers: context.ownHeaders });
}

/** Sends the verb's answer, printed by the schema of the endpoint. */
function send(
  { app, endpoint }: Route,
  reply: FastifyReply,
  { answer, headers }: VerbResponse,
): FastifyReply {
  reply.code(endpoint.status ?? 200);
  if (headers) reply.headers(headers);
  endWhenClosing(app, reply);
  if (endpoint.returns === null) return reply.send('');
  const text = printerOf(endpoint.returns)(answer ?? null);
  return reply.type('application/json; charset=utf-8').send(text);
}
