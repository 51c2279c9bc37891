/** Parses request bodies by their type: JSON, forms and multipart become bags, other types are refused by name. */
import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from '../errors.ts';
import { decodeBody } from './charset.ts';
import { registerContentEncoding } from './content-encoding.ts';
import { readForm } from './form-body.ts';
import { findJsonObject, readJsonObject } from './json-body.ts';
import { essenceOf, isJson, parameterOf, refuseType, typeRefusal } from './media-type.ts';
import { MultipartBody } from './multipart-body.ts';
import type { Fields } from './read-input.ts';

/** Enough for 150 000 characters of content, all escaped, and other fields. */
const maxBodyBytes = 2 * 1024 * 1024;

/** Registers the body parsers. A body is read completely or refused. An empty body has no fields, whatever its type. */
export function registerBodies(http: FastifyInstance): void {
  http.addHook('onRequest', ({ headers }, _reply, done) => {
    // Fastify would refuse a blank header before the body is read.
    if (headers['content-type'] === '') delete headers['content-type'];
    done();
  });
  registerContentEncoding(http);
  // Some clients send a body with GET: its fields are read like those of the query.
  http.addHttpMethod('GET', { hasBody: true, overrideExisting: true });
  http.removeAllContentTypeParsers();
  const parsers = {
    'application/json': (bytes: Buffer, charset?: string) => readJsonObject(decodeBody(bytes, charset)),
    'application/x-www-form-urlencoded': readForm,
  };
  for (const [type, read] of Object.entries(parsers))
    http.addContentTypeParser(type, async ({ headers }: FastifyRequest, payload: Readable) =>
      read(await bytesOf(payload), parameterOf(headers['content-type'], 'charset')),
    );
  http.addContentTypeParser('multipart/form-data', ({ headers }, payload, done) =>
    done(null, new MultipartBody(payload, headers['content-type'] ?? '')),
  );
  http.addContentTypeParser('*', async ({ headers }: FastifyRequest, payload: Readable) =>
    readOther(payload, headers['content-type']),
  );
}

/** Parses JSON that was sent with another type. @throws unsupported_type for any other body that is not empty */
async function readOther(payload: Readable, contentType: string | undefined): Promise<Fields> {
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
 * All bytes of a body. A refused body is read to its end too, since the connection cannot be used again before.
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
      else if (size > maxBodyBytes) refuse(new Refusal('too_large', 'The body is too large'));
      else chunks.push(chunk);
    };
    payload.on('data', take);
    payload.on('end', () => resolve(Buffer.concat(chunks)));
    payload.on('error', () =>
      refuse(new Refusal('bad_request', 'The body ends early, or is not encoded as declared')),
    );
    payload.on('close', () => {
      // A body also closes after its end. A refusal that was made for each of them, with its stack, took 5 % of a message's time.
      if (!payload.readableEnded) refuse(new Refusal('bad_request', 'The body ends early'));
    });
  });
}
