/** Bodies to bags by what they are: JSON under any harmless type, forms, multipart; anything else is refused by its name. */
import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from '../errors.ts';
import { decodeBody } from './charset.ts';
import { registerContentEncoding } from './content-encoding.ts';
import { readForm } from './form-body.ts';
import { findJsonObject, readJsonObject } from './json-body.ts';
import { essenceOf, isJson, parameterOf, refuseType, typeRefusal } from './media-type.ts';
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
  const parsers = {
    'application/json': (bytes: Buffer, charset?: string) => readJsonObject(decodeBody(bytes, charset)),
    'application/x-www-form-urlencoded': readForm,
  };
  for (const [type, read] of Object.entries(parsers))
    http.addContentTypeParser(type, async ({ headers }: FastifyRequest, payload: unknown) =>
      read(await bytesOf(payload as Readable), parameterOf(headers['content-type'], 'charset')),
    );
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

/**
 * All bytes. Whoever sends more than is taken is read to the end all the same, or the connection could not be used again.
 * @throws unsupported_type at the first byte when `refused` is named; too_large; bad_request
 */
function bytesOf(payload: Readable, refused?: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    const refuse = (refusal: Refusal) => {
      payload.off('data', take);
      payload.resume();
      reject(refusal);
    };
    const take = (chunk: Buffer) => {
      size += chunk.length;
      if (refused !== undefined) refuse(typeRefusal(refused));
      else if (size > largestBody) refuse(new Refusal('too_large', 'The body is too large'));
      else chunks.push(chunk);
    };
    payload.on('data', take);
    payload.on('end', () => resolve(Buffer.concat(chunks)));
    payload.on('error', () =>
      refuse(new Refusal('bad_request', 'The body ends early, or is not encoded as declared')),
    );
    payload.on('close', () => refuse(new Refusal('bad_request', 'The body ends early')));
  });
}
