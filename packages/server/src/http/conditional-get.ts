/**
 * Weak entity tags and 304 for JSON that customers read (client-api.md section 1). Responses to writes and the lists of the agent
 * API are not hashed: hashing took a seventh of the time of a long list, and no client sends the tag back.
 */
import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

export function registerConditionalGet(http: FastifyInstance): void {
  http.addHook('onSend', (request, reply, payload, done) => {
    if (!isTagged(request, reply) || typeof payload !== 'string') return done();
    const tag = `W/"${createHash('sha1').update(payload).digest('base64url')}"`;
    reply.header('etag', tag);
    if (!reply.hasHeader('cache-control'))
      reply.header('cache-control', 'max-age=0, private, must-revalidate');
    if (request.headers['if-none-match'] !== tag) return done();
    reply.code(304);
    done(null, '');
  });
}

const isTagged = ({ method, url }: FastifyRequest, { statusCode }: FastifyReply) =>
  method === 'GET' && statusCode === 200 && !url.startsWith('/api/');
