/**
 * Compresses long text responses that are made on request. Files of the desk, the chat and the documents are compressed at build
 * time (`http/assets.ts`).
 */
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';

/** Shorter texts fit into one packet with their headers, in bytes. */
const minBytes = 1024;

/** Middle levels: the highest ones take ten times as long to save another 10 %. */
const encoders = {
  br: (text: string) => promisify(brotliCompress)(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
  gzip: (text: string) => promisify(gzip)(text, { level: 6 }),
};

/** Registers the compression, after every hook that reads the text of an answer. */
export function registerCompression(http: FastifyInstance): void {
  http.addHook('onSend', (request, reply, payload, done) => {
    if (typeof payload !== 'string' || payload.length < minBytes || !isText(reply)) return done();
    reply.header('vary', varyOf(reply));
    const encoding = encodingFor(request);
    if (!encoding) return done();
    encoders[encoding](payload).then(
      (bytes) => {
        reply.header('content-encoding', encoding).removeHeader('content-length');
        done(null, bytes);
      },
      (error) => done(error),
    );
  });
}

const isText = (reply: FastifyReply): boolean =>
  !reply.hasHeader('content-encoding') &&
  /^(text\/|application\/(json|javascript))/.test(String(reply.getHeader('content-type')));

function varyOf(reply: FastifyReply): string {
  const vary = reply.getHeader('vary');
  return vary === undefined ? 'Accept-Encoding' : `${vary}, Accept-Encoding`;
}

/** Brotli before gzip, whatever the client prefers: its output is smaller, and browsers give both the same weight. */
function encodingFor({ headers }: FastifyRequest): keyof typeof encoders | undefined {
  if (headers['accept-encoding'] === undefined) return undefined;
  const accepted = new Negotiator({ headers }).encodings(['br', 'gzip']);
  return (['br', 'gzip'] as const).find((encoding) => accepted.includes(encoding));
}
