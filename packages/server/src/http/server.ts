/** The HTTP server: transport rules common to every endpoint (client-api.md section 1). Routes are added by `main.ts`. */
import type { Server } from 'node:http';
import Fastify, {
  type FastifyHttpOptions,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import type { App } from '../app.ts';
import { newUuid } from '../secrets.ts';
import { registerAssets } from './assets.ts';
import { registerBodies } from './body.ts';
import { registerCompression } from './compress.ts';
import { registerConditionalGet } from './conditional-get.ts';
import { registerCors } from './cors.ts';
import { sendError } from './errors.ts';
import { parseQuery } from './query.ts';
import { answerUnread, isServed, watchMethods } from './refused-methods.ts';
import { toRoutedUrl } from './routed-url.ts';

/**
 * The default headers of `helmet`, without those that only pages need, which have a policy of their own. They are set here because
 * helmet's function per header takes 9 us of every request, a third of a bare Fastify request.
 */
const safeHeaders = {
  'cross-origin-opener-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
};

/** Bytes of a request line with its headers: the longest query, of two streams of positions, and room for headers. */
const maxHeaderSize = 64 * 1024;

/** Opens the server without listening. */
export async function openHttp(app: App): Promise<FastifyInstance> {
  const http: FastifyInstance = Fastify({
    ...optionsFor(app),
    clientErrorHandler: (error, socket) => answerUnread(refuse, error, socket),
  });
  http.setErrorHandler((error, request, reply) => sendError(app, error, request, reply));
  const refuse = watchMethods(http);
  const sendNotFound = notFoundHandler(app, refuse);
  http.setNotFoundHandler(sendNotFound);
  measureRequests(http, app);
  registerSafeHeaders(http);
  registerCors(http);
  registerUnrouted(http, sendNotFound);
  registerConditionalGet(http);
  registerCompression(http);
  await registerAssets(http);
  registerBodies(http);
  return http;
}

const optionsFor = (app: App): FastifyHttpOptions<Server> => ({
  logger: false,
  http: { maxHeaderSize },
  genReqId: () => newUuid(),
  // Long polls and slow phones need time; half-open sockets must be closed at some time.
  keepAliveTimeout: 65_000,
  requestTimeout: 300_000,
  forceCloseConnections: 'idle',
  // Any client can write X-Forwarded-For, so rate limits by address trust only the header of these peers.
  trustProxy: app.config.trustedProxies.length ? app.config.trustedProxies : false,
  rewriteUrl: toRoutedUrl,
  frameworkErrors: (error, request, reply) => void sendError(app, error, request, reply),
  routerOptions: {
    ignoreTrailingSlash: true,
    maxParamLength: 4096,
    querystringParser: parseQuery,
  },
});

type Handler = (request: FastifyRequest, reply: FastifyReply) => FastifyReply;

/** 404 for an address without a route, 405 for a method that its address does not have. */
const notFoundHandler =
  (app: App, refuse: ReturnType<typeof watchMethods>): Handler =>
  (request, reply) => {
    const { refusal, allow } = refuse(request.method, request.url);
    if (allow !== undefined) reply.header('allow', allow);
    return sendError(app, refusal, request, reply);
  };

function registerSafeHeaders(http: FastifyInstance): void {
  http.addHook('onRequest', (request, reply, done) => {
    reply.headers(safeHeaders).header('x-request-id', request.id);
    done();
  });
}

/**
 * Refuses a request that has no route before its body is read, which could be refused for its type or size instead. Fastify's own
 * `callNotFound` would skip our handler for methods that no route has.
 */
function registerUnrouted(http: FastifyInstance, sendNotFound: Handler): void {
  http.addHook('onRequest', (request, reply, done) => {
    if (isServed(request.method) && !request.is404) done();
    else sendNotFound(request, reply);
  });
}

/** Counts requests by route. Their addresses contain ids and tokens, which metrics must not show. */
function measureRequests(http: FastifyInstance, { metrics }: App): void {
  http.addHook('onRoute', (route) => {
    const method = String(route.method);
    route.onResponse = (_request, reply, done) => {
      const status = `${Math.floor(reply.statusCode / 100)}xx`;
      metrics.requests.observe({ method, route: route.url, status }, reply.elapsedTime / 1000);
      done();
    };
  });
}
