/** CORS of the Client API and of files: any origin, errors included, preflights answered at once (client-api.md 1.1). */
import type { FastifyInstance } from 'fastify';

const methods = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS';

/** Must be registered before anything that may refuse a request. */
export function registerCors(http: FastifyInstance): void {
  http.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers;
    if (!origin || !/^\/(public\/api|files)\//.test(request.url)) return done();
    reply.headers({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': methods,
      'access-control-expose-headers': '',
      'access-control-max-age': '7200',
      vary: 'Origin',
    });
    if (request.method !== 'OPTIONS' || !request.headers['access-control-request-method']) return done();
    const asked = request.headers['access-control-request-headers'];
    if (asked) reply.header('access-control-allow-headers', asked);
    reply.code(200).send('');
  });
}
