/** Bodies to bags: JSON objects, forms and multipart; what has another content type is ignored (client-api.md section 1). */
import { createHash } from 'node:crypto';
import { pipeline, Transform } from 'node:stream';
import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import qs from 'qs';
import type { App } from '../app.ts';
import { invalid, Refusal } from '../errors.ts';
import { requireShallow } from './depth.ts';
import type { Bag } from './read-input.ts';

/** A file part, streamed to the store. It is removed after the request unless a verb keeps it. */
export interface Upload {
  /** The form field it came in, without brackets. */
  field: string;
  key: string;
  file_name: string;
  /** As the client declared it. */
  content_type: string;
  size: number;
  sha256: string;
  /** Set by the verb that has made it part of something stored. */
  kept: boolean;
}

/** A file part more than any endpoint takes, so that the refusal names its limit. */
const mostFiles = 16;
/** 150 000 characters of content, escaped at worst, and their neighbours. */
const largestBody = 2 * 1024 * 1024;

const formOptions = { depth: 6, parameterLimit: 2000, arrayLimit: 1000, allowPrototypes: false } as const;

export const parseForm = (text: string): Bag => qs.parse(text, formOptions) as Bag;

/** Teaches Fastify the body formats. A body that is not read leaves an empty bag. */
export async function registerBodies(http: FastifyInstance, app: App): Promise<void> {
  http.removeAllContentTypeParsers();
  http.addContentTypeParser(
    'application/json',
    { parseAs: 'string', bodyLimit: largestBody },
    (_request, body, done) => {
      try {
        done(null, readJsonObject(body as string));
      } catch (error) {
        done(error as Error);
      }
    },
  );
  http.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: largestBody },
    (_request, body, done) => done(null, parseForm(body as string)),
  );
  await http.register(multipart, {
    limits: {
      fileSize: app.config.maxFile,
      files: mostFiles,
      fields: 500,
      fieldSize: largestBody,
      headerPairs: 100,
    },
  });
  http.addContentTypeParser('*', (_request, payload, done) => {
    payload.resume();
    payload.on('end', () => done(null, {}));
    payload.on('error', done);
  });
}

function readJsonObject(text: string): Bag {
  if (text.trim() === '') return {};
  requireShallow(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal('bad_request', 'The body is not valid JSON');
  }
  if (value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value))
    throw new Refusal('bad_request', 'The body must be a JSON object');
  return value as Bag;
}

interface PartsWanted {
  /** How many files each field takes. */
  fields: Readonly<Record<string, number>>;
  uploads: Upload[];
  root?: string;
}

/**
 * Reads fields into a bag and streams the files of `fields` to the store; other files are dropped. `uploads` gets every
 * stored file, also when a later part fails.
 */
export async function readMultipart(app: App, request: FastifyRequest, wanted: PartsWanted): Promise<Bag> {
  try {
    return await readParts(app, request, wanted);
  } catch (error) {
    // What is left of the body is read away, or the next request on this connection would wait for it for ever.
    request.raw.unpipe().resume();
    throw error;
  }
}

async function readParts(
  app: App,
  request: FastifyRequest,
  { fields, uploads, root }: PartsWanted,
): Promise<Bag> {
  const pairs: string[] = [];
  for await (const part of request.parts()) {
    const field = fieldOf(part.fieldname ?? '', root);
    if (part.type === 'field') {
      if (part.valueTruncated) throw new Refusal('too_large', 'A field is too large');
      pairs.push(
        `${encodeURIComponent(part.fieldname)}=${encodeURIComponent(String(part.value).toWellFormed())}`,
      );
    } else if (fields[field] === undefined) {
      part.file.resume();
    } else {
      if (uploads.filter((upload) => upload.field === field).length === fields[field])
        throw invalid(field, `${field} are too many (maximum is ${fields[field]})`);
      uploads.push(await storePart(app, field, part));
    }
  }
  return parseForm(pairs.join('&'));
}

/** `field`, `field[]`, or `root[field]`. */
const fieldOf = (name: string, root: string | undefined): string => {
  const inner = root !== undefined && name.startsWith(`${root}[`) ? name.slice(root.length + 1, -1) : name;
  return inner.replace(/\[\d*\]$/, '');
};

interface FilePart {
  file: NodeJS.ReadableStream & { truncated: boolean };
  filename: string;
  mimetype: string;
}

async function storePart(app: App, field: string, part: FilePart): Promise<Upload> {
  const hash = createHash('sha256');
  let size = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      size += chunk.length;
      done(null, chunk);
    },
    flush(done) {
      const limit = Math.floor(app.config.maxFile / 1024 / 1024);
      done(part.file.truncated ? new Refusal('too_large', `A file is larger than ${limit} MB`) : null);
    },
  });
  // The store takes a moment before it reads: a body that breaks off meanwhile must fail the request, not the process.
  pipeline(part.file, measure, () => {});
  measure.on('error', () => {});
  const key = await app.files.put(measure);
  return {
    field,
    key,
    file_name: part.filename || 'file',
    content_type: part.mimetype,
    size,
    sha256: hash.digest('hex'),
    kept: false,
  };
}
