/** Reads multipart bodies: fields into an object, files into the store. A part that cannot be read refuses the request. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { type Endpoint, own } from '@hoory/contract';
import type { App } from '../app.ts';
import { invalid, Refusal } from '../errors.ts';
import { decodeText } from './charset.ts';
import { toFields } from './form-body.ts';
import { readJson } from './json-body.ts';
import { essenceOf, isJson, parameterOf, refuseType } from './media-type.ts';
import { type Part, partsOf } from './multipart.ts';
import type { Fields } from './read-input.ts';
import type { Upload } from './upload.ts';

/** Most bytes of all fields together: enough for 150 000 escaped characters of content and other fields. */
const maxTextBytes = 2 * 1024 * 1024;
const maxFields = 500;

/** A body that is read later, when the endpoint is known, which decides which files it accepts. */
export class MultipartBody {
  readonly payload: Readable;
  readonly contentType: string;

  constructor(payload: Readable, contentType: string) {
    this.payload = payload;
    this.contentType = contentType;
  }
}

interface Reading {
  app: App;
  endpoint: Endpoint;
  uploads: Upload[];
  /** Names of the endpoint's fields outside of `files`. */
  known: ReadonlySet<string>;
  charset: string | undefined;
  /** Bytes of fields that are still allowed. */
  textLeft: number;
  pairs: [name: string, value: unknown][];
}

/**
 * Reads fields into an object and streams files to the store. `uploads` gets every stored file, also when a later part fails.
 * @throws invalid for a file in a field that accepts no files; bad_request for a body that cannot be read; too_large;
 *   unsupported_type for an encoded part
 */
export async function readMultipart(
  { payload, contentType }: MultipartBody,
  { app, endpoint, uploads }: Pick<Reading, 'app' | 'endpoint' | 'uploads'>,
): Promise<Fields> {
  const source: AsyncIterator<Buffer> = payload.iterator({ destroyOnReturn: false });
  const boundary = parameterOf(contentType, 'boundary');
  const reading: Reading = {
    app,
    endpoint,
    uploads,
    known: namesOf(endpoint),
    charset: parameterOf(contentType, 'charset'),
    textLeft: maxTextBytes,
    pairs: [],
  };
  try {
    for await (const part of partsOf(source, boundary ?? '')) {
      if (!boundary) throw new Refusal('bad_request', 'The multipart body names no boundary');
      await readPart(reading, part);
    }
    return toFields(reading.pairs);
  } finally {
    // Read and drop the rest of the body, or the next request on this connection would wait for ever.
    void source.return?.().then(() => payload.resume());
  }
}

function namesOf({ body, query, params, root }: Endpoint): Set<string> {
  const parts = [body, query, params].filter((part) => part !== undefined);
  return new Set([...parts.flatMap((part) => Object.keys(part.properties)), ...(root ? [root] : [])]);
}

async function readPart(reading: Reading, part: Part): Promise<void> {
  const disposition = part.headers.get('content-disposition');
  const name = textOf(reading, parameterOf(disposition, 'name'));
  if (essenceOf(disposition) !== 'form-data' || !name)
    throw new Refusal('bad_request', 'A part of the multipart body has no name');
  refuseEncoded(part, name);
  const filename = fileNameOf(reading, disposition);
  const type = essenceOf(part.headers.get('content-type'));
  const field = fieldOf(name, reading.endpoint);
  if (isField(reading, { name, field, filename, type })) return readField(reading, part, name);
  // Browsers send a file input without a chosen file as an empty file without a name.
  const body = filename ? part.body : await unlessEmpty(part.body);
  if (body) await readFile(reading, field, { body, filename: filename || 'file', type });
}

/** @throws unsupported_type for a part in base64 or the like, which no client of forms sends (RFC 7578, 4.7) */
function refuseEncoded({ headers }: Part, name: string): void {
  const encoding = headers.get('content-transfer-encoding')?.toLowerCase() ?? 'binary';
  if (!['7bit', '8bit', 'binary'].includes(encoding)) refuseType(`The encoding ${encoding} of ${name}`);
}

const textOf = ({ charset }: Reading, bytes: string | undefined): string | undefined =>
  bytes === undefined
    ? undefined
    : decodeText(Buffer.from(bytes, 'latin1'), charset).replaceAll(/%(22|0d|0a)/gi, (escaped) =>
        decodeURIComponent(escaped),
      );

/** `filename*` (RFC 5987) says it in its own charset. */
function fileNameOf(reading: Reading, disposition: string | undefined): string | undefined {
  const extended = /^([\w-]+)'[^']*'(.*)$/.exec(parameterOf(disposition, 'filename*') ?? '');
  if (!extended) return textOf(reading, parameterOf(disposition, 'filename'));
  const [, charset, coded = ''] = extended;
  const bytes = coded.replace(/%([\da-f]{2})/gi, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
  return decodeText(Buffer.from(bytes, 'latin1'), charset);
}

/** The key of `files` that a part's name means: `field`, `field[]`, `field[0]` or `root[field]`. */
function fieldOf(name: string, { root }: Endpoint): string {
  const inner = root !== undefined && name.startsWith(`${root}[`) ? name.slice(root.length + 1) : undefined;
  const bare = inner === undefined ? name : inner.replace(']', '');
  return bare.replace(/\[\d*\]$/, '');
}

interface PartKind {
  name: string;
  field: string;
  filename: string | undefined;
  type: string;
}

/** The name before its first bracket. */
const rootOf = (name: string): string => name.replace(/\[.*$/s, '');

/** A part with JSON for a field that is not a file is the field's value. Browsers name such a part `blob`. */
function isField({ endpoint, known }: Reading, { name, field, filename, type }: PartKind): boolean {
  if (isJson(type) && own(endpoint.files ?? {}, field) === undefined)
    return filename === undefined || known.has(rootOf(name));
  return filename === undefined && (type === '' || type.startsWith('text/') || isJson(type));
}

async function readField(reading: Reading, { headers, body }: Part, name: string): Promise<void> {
  const bytes: Buffer[] = [];
  for await (const some of body) {
    reading.textLeft -= some.length;
    if (reading.textLeft < 0) throw new Refusal('too_large', 'The fields are larger than 2 MB');
    bytes.push(some);
  }
  if (reading.pairs.length === maxFields)
    throw new Refusal('bad_request', `The body has more than ${maxFields} fields`);
  const type = headers.get('content-type');
  const text = decodeText(Buffer.concat(bytes), parameterOf(type, 'charset') ?? reading.charset);
  if (name === '_charset_') reading.charset ??= text.trim();
  if (!isJson(essenceOf(type))) return void reading.pairs.push([name, text]);
  if (!reading.known.has(rootOf(name))) throw invalid(name, `${name} is not a field here`);
  reading.pairs.push([name, readJson(text)]);
}

/** The same stream; undefined when it has no bytes. */
async function unlessEmpty(body: AsyncIterable<Buffer>): Promise<AsyncIterable<Buffer> | undefined> {
  const source = body[Symbol.asyncIterator]();
  const first = await source.next();
  if (first.done) return undefined;
  return (async function* () {
    yield first.value;
    yield* { [Symbol.asyncIterator]: () => source };
  })();
}

interface FilePart {
  body: AsyncIterable<Buffer>;
  filename: string;
  type: string;
}

async function readFile(reading: Reading, field: string, part: FilePart): Promise<void> {
  const { app, endpoint, uploads } = reading;
  const most = own(endpoint.files ?? {}, field);
  if (most === undefined) throw invalid(field, `${field} takes no file`);
  if (uploads.filter((upload) => upload.field === field).length === most)
    throw invalid(field, `${field} are too many (maximum is ${most})`);
  uploads.push(await storePart(app, field, part));
}

async function storePart(app: App, field: string, { body, filename, type }: FilePart): Promise<Upload> {
  const hash = createHash('sha256');
  let size = 0;
  const measured = async function* () {
    for await (const bytes of body) {
      hash.update(bytes);
      size += bytes.length;
      if (size > app.config.maxFile) throw tooLarge(app);
      yield bytes;
    }
  };
  const key = await app.files.put(Readable.from(measured())).catch((error) => notStored(app, error));
  return {
    field,
    key,
    file_name: filename,
    content_type: type,
    size,
    sha256: hash.digest('hex'),
    isUsed: false,
  };
}

/** Rethrows a refusal. @throws unavailable when the file store fails, which is logged */
function notStored(app: App, error: unknown): never {
  if (error instanceof Refusal) throw error;
  app.log.error({ err: error }, 'a file could not be stored');
  throw new Refusal('unavailable', 'The file could not be stored; nothing was changed. Try again.', {
    retryAfter: 1,
  });
}

const tooLarge = ({ config }: App) =>
  new Refusal('too_large', `A file is larger than ${Math.floor(config.maxFile / 1024 / 1024)} MB`);
