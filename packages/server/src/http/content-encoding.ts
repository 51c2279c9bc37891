/** Decodes compressed bodies while they are read, so that size limits apply to the decoded bytes. */
import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { own } from '@hoory/contract';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { typeRefusal } from './media-type.ts';

const decoders: Record<string, () => Transform> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** Decodes `gzip`, `deflate` and `br`. Any other coding of a body is refused with 415, which names it. */
export function registerContentEncoding(http: FastifyInstance): void {
  http.addHook('preParsing', (request, reply, payload, done) => {
    const coding = request.headers['content-encoding']?.trim().toLowerCase() || 'identity';
    if (coding === 'identity' || !hasBody(request)) return done(null, payload);
    const open = own(decoders, coding);
    if (!open) return done(typeRefusal(`The content encoding ${coding}`));
    const decoded = open();
    payload.on('error', (error) => decoded.destroy(error));
    // The reader of the body gets the error; an error before it listens would end the process.
    decoded.on('error', () => {});
    payload.pipe(decoded);
    // A small body may decode to gigabytes: stop when the request is answered.
    reply.raw.once('close', () => decoded.destroy());
    done(null, decoded);
  });
}

const hasBody = ({ headers }: FastifyRequest): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
