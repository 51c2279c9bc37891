/** Weak entity tags and 304 on JSON that is read (client-api.md section 1); writes are not hashed. */
import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';

export function registerConditionalGet(http: FastifyInstance): void {
  http.addHook('onSend', (request, reply, payload, done) => {
    if (request.method !== 'GET' || reply.statusCode !== 200 || typeof payload !== 'string') return done();
    const tag = `W/"${createHash('sha1').update(payload).digest('base64url')}"`;
    reply.header('etag', tag);
    if (!reply.hasHeader('cache-control'))
      reply.header('cache-control', 'max-age=0, private, must-revalidate');
    if (request.headers['if-none-match'] !== tag) return done();
    reply.code(304);
    done(null, '');
  });
}
