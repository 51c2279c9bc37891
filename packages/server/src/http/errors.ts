/** Converts errors to responses in the shape of the called API. Only here a bug becomes a 500. */
import { errors } from '@hoory/contract';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../app.ts';
import { DatabaseFailed } from '../db/database-failed.ts';
import { notFound, Refusal, statusOf } from '../errors.ts';
import { endWhenClosing } from './closing.ts';

const reasons: Record<number, string> = {
  400: 'Bad Request',
  404: 'Not Found',
  405: 'Method Not Allowed',
  413: 'Payload Too Large',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** Body of a refusal (client-api.md section 3; application-api.md section 2.3). */
export function errorBody(path: string, refusal: Refusal): object {
  const { code, message, detail } = refusal;
  const status = statusOf(code);
  if (detail.body) return detail.body;
  if (code === 'invalid') return { message, attributes: detail.attributes ?? ['base'] };
  if (path.startsWith('/public/') && reasons[status]) return { status, error: reasons[status] };
  // Sign-in answers with a shape of its own (application-api.md section 6.1).
  if (path.startsWith('/auth/') && (status === 401 || status === 404))
    return { success: false, errors: [message] };
  if (code === 'unauthenticated') return { errors: [message] };
  return { error: message };
}

/** Sends the response to an error. A bug is logged once, with the request's id, and its response has no detail. */
export function sendError(
  app: App,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const refused = error instanceof Refusal ? error : (fromFastify(error) ?? ours(app, error, request));
  const refusal = isAgentPost(request) ? inOneSentence(refused) : refused;
  if (refusal.detail.retryAfter !== undefined)
    reply.header('retry-after', Math.ceil(refusal.detail.retryAfter));
  endWhenClosing(app, reply);
  return reply
    .code(statusOf(refusal.code))
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(errorBody(request.url, refusal)));
}

const isAgentPost = ({ method, url }: FastifyRequest) =>
  method === 'POST' && /^\/api\/v1\/accounts\/\d+\/conversations\/\d+\/messages(\?|$)/.test(url);

/** A message that agents post is refused with `error` alone (application-api.md section 6.9). */
const inOneSentence = (refusal: Refusal): Refusal =>
  refusal.code === 'invalid'
    ? new Refusal('unprocessable', `Validation failed: ${refusal.message}`)
    : refusal;

const isFastifyError = (error: unknown): error is FastifyError =>
  error instanceof Error &&
  'code' in error &&
  typeof error.code === 'string' &&
  error.code.startsWith('FST_');

/** The refusal for an error of Fastify itself, for a request that it could not route. */
function fromFastify(error: unknown): Refusal | undefined {
  if (!isFastifyError(error)) return undefined;
  const { statusCode = 500 } = error;
  if (statusCode === 415) return new Refusal('unsupported_type', 'The Content-Type is not a media type');
  if (statusCode === 404 || statusCode === 414) return notFound();
  if (statusCode >= 400 && statusCode < 500) return new Refusal('bad_request', errors.bad_request.text);
  return undefined;
}

function ours(app: App, error: unknown, request: FastifyRequest): Refusal {
  return error instanceof DatabaseFailed ? withoutDatabase(app, error, request) : bug(app, error, request);
}

/** Logged with its reason and without a stack, which would be the same for all of them. */
function withoutDatabase(
  app: App,
  { message, isOutcomeUnknown }: DatabaseFailed,
  request: FastifyRequest,
): Refusal {
  const place = { request_id: request.id, route: request.routeOptions.url };
  app.log.error({ reason: message, ...place }, 'request failed without the database');
  const text = isOutcomeUnknown
    ? 'We could not confirm whether this was saved. Send it again with the same echo_id or Idempotency-Key.'
    : 'The database cannot do this at the moment; nothing was changed. Try again.';
  return new Refusal('unavailable', text, { retryAfter: 1 });
}

function bug(app: App, error: unknown, request: FastifyRequest): Refusal {
  app.log.error({ err: error, request_id: request.id, route: request.routeOptions.url }, 'request failed');
  return new Refusal(
    'internal',
    'Something went wrong on our side; nothing was changed. Try again, or give us the x-request-id.',
  );
}
