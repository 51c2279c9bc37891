/** Bodies to bags by what they are: JSON under any harmless type, forms, multipart; anything else is refused by its name. */
import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from '../errors.ts';
import { decodeBody } from './charset.ts';
import { registerContentEncoding } from './content-encoding.ts';
import { readForm } from './form-body.ts';
import { findJsonObject, readJsonObject } from './json-body.ts';
import { essenceOf, isJson, parameterOf, refuseType } from './media-type.ts';
import { MultipartBody } from './multipart-body.ts';
import type { Bag } from './read-input.ts';

/** Bytes: 150 000 characters of content, escaped at worst, and their neighbours. */
const largestBody = 2 * 1024 * 1024;

/** Teaches Fastify the body formats. A body is read wholly or refused; an empty one is an empty bag, whatever its type. */
export function registerBodies(http: FastifyInstance): void {
  http.addHook('onRequest', ({ headers }, _reply, done) => {
    // A blank header is none; Fastify would refuse it before anything is read.
    if (headers['content-type'] === '') delete headers['content-type'];
    done();
  });
  registerContentEncoding(http);
  // A body counts with every method: fields of a GET's body are read like those of its query.
  http.addHttpMethod('GET', { hasBody: true, overrideExisting: true });
  http.removeAllContentTypeParsers();
  const whole = { parseAs: 'buffer', bodyLimit: largestBody } as const;
  const parsers = {
    'application/json': (bytes: Buffer, charset?: string) => readJsonObject(decodeBody(bytes, charset)),
    'application/x-www-form-urlencoded': readForm,
  };
  for (const [type, read] of Object.entries(parsers))
    http.addContentTypeParser<Buffer>(type, whole, ({ headers }, bytes, done) => {
      try {
        done(null, read(bytes, parameterOf(headers['content-type'], 'charset')));
      } catch (error) {
        done(error as Error);
      }
    });
  http.addContentTypeParser('multipart/form-data', (request, payload, done) =>
    done(null, new MultipartBody(payload as Readable, request.headers['content-type'] as string)),
  );
  http.addContentTypeParser('*', async (request: FastifyRequest, payload: unknown) =>
    readOther(payload as Readable, request.headers['content-type']),
  );
}

/** JSON by another type's name. @throws unsupported_type for any other body that is not empty */
async function readOther(payload: Readable, contentType: string | undefined): Promise<Bag> {
  const type = essenceOf(contentType);
  const mayBeJson = type === '' || type === 'text/plain' || isJson(type);
  const what = type === '' ? 'A body without a Content-Type that is not JSON' : `The type ${type}`;
  const text = decodeBody(
    await bytesOf(payload, mayBeJson ? undefined : what),
    parameterOf(contentType, 'charset'),
  );
  if (isJson(type) || text.trim() === '') return readJsonObject(text);
  return (
    findJsonObject(text) ?? (/^\s*[{[]|^\s*null\s*$/.test(text) ? readJsonObject(text) : refuseType(what))
  );
}

/** All bytes. @throws unsupported_type at the first one when `refused` is named; too_large; bad_request */
async function bytesOf(payload: Readable, refused: string | undefined): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of payload.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      if (refused !== undefined) refuseType(refused);
      size += chunk.length;
      if (size > largestBody) throw new Refusal('too_large', 'The body is too large');
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal('bad_request', 'The body ends early, or is not encoded as declared');
  }
  return Buffer.concat(chunks);
}
