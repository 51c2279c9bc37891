/** Prints the responses of endpoints for OpenAPI, and the bodies of refusals that all endpoints share. */
import { type Components, type Json, pascal } from './components.ts';
import type { Endpoint } from './endpoint.ts';
import { errors, InvalidError, StatusError, TextError, UnauthorizedError } from './errors.ts';

/** Content of the type JSON. */
export const json = (schema: Json) => ({ 'application/json': { schema } });

/** The responses of one operation, by status. */
export function responsesOf(parts: Components, id: string, endpoint: Endpoint): Json {
  const { returns, status, path, auth, method, refusals } = endpoint;
  const answer =
    returns === null
      ? { description: 'Done; empty body' }
      : { description: 'Done', content: json(parts.print(returns, `${pascal(id)}Answer`)) };
  const family = path.startsWith('/public/') ? 'Client' : 'Agent';
  const refuse = (name: string) => ({ $ref: `#/components/responses/${family}${name}` });
  const isRead = method === 'GET';
  const hasNames = path.includes('{') || Object.values(endpoint.body?.properties ?? {}).some(isId);
  return {
    [status ?? 200]: answer,
    400: refuse('BadRequest'),
    ...((auth !== 'none' || path.endsWith('/contacts') || path.endsWith('/sign_in')) && {
      401: refuse('Unauthorized'),
    }),
    ...(hasNames && { 404: refuse('NotFound') }),
    ...(!isRead && { 413: refuse('TooLarge'), 415: refuse('UnsupportedType') }),
    ...((!isRead || path.includes('{') || auth === 'doctor') && { 422: refuse('Invalid') }),
    429: refuse('TooManyRequests'),
    431: refuse('HeadersTooLong'),
    500: refuse('Failed'),
    503: refuse('Unavailable'),
    ...ownRefusals(parts, refusals),
  };
}

const isId = ({ format }: { format?: string }): boolean => format === 'int64';

function ownRefusals(
  parts: Components,
  { 404: absent, 422: invalid }: NonNullable<Endpoint['refusals']> = {},
) {
  return {
    ...(absent && { 404: { description: 'Absent', content: json(parts.print(absent)) } }),
    ...(invalid && {
      422: { description: 'A value was refused; nothing was changed', content: json(parts.print(invalid)) },
    }),
  };
}

const unread = 'The type, the charset or the encoding of the body is not read; the text names it';

/** The bodies of refusals in both families (client-api.md section 3, application-api.md section 2.3). */
export function errorResponses(parts: Components): Json {
  const status = parts.print(StatusError);
  const text = parts.print(TextError);
  const invalid = parts.print(InvalidError);
  const signIn = parts.print(UnauthorizedError);
  const response = (description: string, schema: Json) => ({ description, content: json(schema) });
  const later = (description: string, schema: Json) => ({
    ...response(description, schema),
    headers: { 'Retry-After': { description: 'seconds to wait', schema: { type: 'integer' } } },
  });
  const tooMany = (schema: Json) => later(errors.too_many_requests.text, schema);
  const unavailable = (schema: Json) => later(errors.unavailable.text, schema);
  return {
    ClientBadRequest: response('The body could not be read', status),
    ClientUnauthorized: response('The proof of identity is missing or wrong; nothing was changed', text),
    ClientNotFound: response('Absent, or not of this session', status),
    ClientTooLarge: response(errors.too_large.text, status),
    ClientUnsupportedType: response(unread, text),
    ClientInvalid: response('A value was refused; nothing was changed', invalid),
    ClientTooManyRequests: tooMany(status),
    ClientHeadersTooLong: response('The address and the headers are longer than 64 kB', text),
    ClientFailed: response(errors.internal.text, status),
    ClientUnavailable: unavailable(status),
    AgentBadRequest: response('The body could not be read', text),
    AgentUnauthorized: response('Not signed in, or not allowed to do this', signIn),
    AgentNotFound: response('Absent, or not of this account', text),
    AgentTooLarge: response(errors.too_large.text, text),
    AgentUnsupportedType: response(unread, text),
    AgentInvalid: response('A value was refused; nothing was changed', invalid),
    AgentTooManyRequests: tooMany(text),
    AgentHeadersTooLong: response('The address and the headers are longer than 64 kB', text),
    AgentFailed: response(errors.internal.text, text),
    AgentUnavailable: unavailable(text),
  };
}
