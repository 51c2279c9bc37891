/** Serves stored files at their signed URLs, with ranges, and with headers under which no file can run scripts on our origin. */
import { create as contentDisposition } from 'content-disposition';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../app.ts';
import { notFound, Refusal } from '../errors.ts';
import { isSigned, type Variant } from './address.ts';
import { readHead, thumbName, thumbType } from './attachments.ts';
import { needsHead, servingOf } from './content-type.ts';

type FileRequest = FastifyRequest<{ Params: { variant: string; id: string; signature: string } }>;

/** Registers `GET /files/{variant}/{id}/{signature}/{name}`: 404 for a wrong signature, and for the file of a deleted message. */
export function registerFiles(http: FastifyInstance, app: App): void {
  http.get('/files/:variant/:id/:signature/:name', (request: FileRequest, reply) =>
    serve(app, request, reply),
  );
}

async function serve(app: App, request: FileRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { variant, id, signature } = request.params;
  const number = /^\d{1,15}$/.test(id) ? Number(id) : 0;
  if (!isVariant(variant) || !isSigned(app, number, variant, signature)) throw notFound();
  const file = await find(app, number, variant);
  const size = file && (await app.files.sizeOf(file.key));
  if (!file) throw notFound();
  if (size === undefined) throw missing(app);
  const head = needsHead(file.content_type) ? await readHead(app, { key: file.key, size }) : Buffer.alloc(0);
  const { type, isInline } = servingOf(file.content_type, head);
  reply.headers({
    'content-type': type,
    'content-disposition': contentDisposition(file.name, { type: isInline ? 'inline' : 'attachment' }),
    'x-content-type-options': 'nosniff',
    'content-security-policy':
      "sandbox; default-src 'none'; style-src 'unsafe-inline'; media-src 'self'; img-src 'self'",
    'cross-origin-resource-policy': 'cross-origin',
    'cache-control': 'private, max-age=31536000, immutable',
    'accept-ranges': 'bytes',
  });
  return sendRange(app, reply, { key: file.key, size, header: request.headers.range });
}

/** A file that a row refers to is not there. Another node has it when nodes do not share their folder; a retry may get there. */
const missing = ({ nodes }: App): Refusal =>
  nodes.areFilesApart()
    ? new Refusal(
        'unavailable',
        'This node cannot read the file, because another one has stored it in a folder of its own. ' +
          'The operator must give all nodes one bucket or one folder.',
        { retryAfter: 1 },
      )
    : notFound();

const isVariant = (text: string): text is Variant => ['file', 'thumb', 'blob'].includes(text);

async function find(app: App, id: number, variant: Variant) {
  if (variant === 'blob') return findBlob(app, id);
  const row = await app.db.get(app.db.q.selectFrom('attachments').selectAll().where('id', '=', id));
  const key = variant === 'thumb' ? row?.thumb_key : row?.file_key;
  if (!row || !key) return undefined;
  const name = row.file_name ?? 'file';
  return variant === 'thumb'
    ? { key, content_type: thumbType, name: thumbName(name) }
    : { key, content_type: row.content_type ?? 'application/octet-stream', name };
}

async function findBlob(app: App, id: number) {
  const row = await app.db.get(app.db.q.selectFrom('blobs').selectAll().where('id', '=', id));
  return row && { key: row.file_key, content_type: row.content_type, name: row.file_name };
}

interface RangeRequest {
  key: string;
  size: number;
  /** The header `range` of the request. */
  header: string | undefined;
}

/** Sends the requested range, or the whole file without a range, with several, or a malformed one (RFC 9110 section 14). */
async function sendRange(
  app: App,
  reply: FastifyReply,
  { key, size, header }: RangeRequest,
): Promise<FastifyReply> {
  const range = rangeOf(header, size);
  if (range === 'unsatisfiable') return reply.code(416).header('content-range', `bytes */${size}`).send('');
  if (range) reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${size}`);
  reply.header('content-length', range ? range.end - range.start + 1 : size);
  const stream = await app.files.open(key, range);
  if (!stream) throw missing(app);
  return reply.send(stream);
}

function rangeOf(
  header: string | undefined,
  size: number,
): { start: number; end: number } | 'unsatisfiable' | undefined {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (from === '' && to === '') return undefined;
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  return start > end || start >= size ? 'unsatisfiable' : { start, end };
}
