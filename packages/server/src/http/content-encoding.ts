/** Compressed bodies: decoded as they are read, so that the limits of size count what comes out. */

import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { own } from '@hoory/contract';
import type { FastifyInstance, FastifyRequest, RequestPayload } from 'fastify';
import { typeRefusal } from './media-type.ts';

const decoders: Record<string, () => RequestPayload & { destroy(error?: Error): unknown }> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** Decodes `gzip`, `deflate` and `br`; any other coding of a body is 415 naming it. */
export function registerContentEncoding(http: FastifyInstance): void {
  http.addHook('preParsing', (request, reply, payload, done) => {
    const coding = request.headers['content-encoding']?.trim().toLowerCase() || 'identity';
    if (coding === 'identity' || !hasBody(request)) return done(null, payload);
    const open = own(decoders, coding);
    if (!open) return done(typeRefusal(`The content encoding ${coding}`));
    const decoded = open();
    payload.on('error', (error) => decoded.destroy(error));
    // The reader of the body hears of an error; without a listener of its own an early one would end the process.
    decoded.on('error', () => {});
    payload.pipe(decoded as unknown as NodeJS.WritableStream);
    // After the answer nobody reads on: a small body may decode to very much.
    reply.raw.once('close', () => decoded.destroy());
    done(null, decoded);
  });
}

const hasBody = ({ headers }: FastifyRequest): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
