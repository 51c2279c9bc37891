/** Routes of endpoints with `isBytes`: their body is no set of fields, and reaches its reader as it arrives. */
import type { Readable } from 'node:stream';
import type { Endpoint } from '@hoory/contract';
import type { FastifyInstance, FastifyRequest } from 'fastify';

export interface BytesReader {
  /** Called before a byte of the body is read. @throws Refusal */
  admit(request: Pick<FastifyRequest, 'headers'>): void;
  /** Reads the body. @returns the answer */
  read(body: Readable): Promise<object>;
  /** Called once after each admitted request. */
  end(): void;
}

/** Registers the endpoint with parsers of its own, which hand the body over unread, whatever its type. */
export function registerBytes(
  http: FastifyInstance,
  { method, path: url }: Endpoint,
  { admit, read, end }: BytesReader,
): void {
  http.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    scope.route<{ Body: Readable | undefined }>({
      method,
      url,
      handler: async (request, reply) => {
        // An unread body would be read to its end before the connection is used again.
        reply.header('connection', 'close');
        admit(request);
        try {
          const answer = request.body ? await read(request.body) : { bytes: 0 };
          return reply.type('application/json; charset=utf-8').send(JSON.stringify(answer));
        } finally {
          end();
        }
      },
    });
  });
}
