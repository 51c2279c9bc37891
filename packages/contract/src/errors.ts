/**
 * Refusals on the wire: codes with their status, the texts that server and documents share, and the bodies of both APIs
 * (client-api.md section 3, application-api.md section 2.3).
 */
import Type, { type Static } from 'typebox';
import { named } from './schema.ts';

/** Every refusal of the server. A code without a text is always refused with a text that names the case. */
export const errors = {
  bad_request: { status: 400, text: 'The request could not be read' },
  /** No credentials, or sign-in headers that are wrong or expired. */
  unauthenticated: { status: 401, text: 'You need to sign in or sign up before continuing.' },
  /** An unknown access token, a wrong proof of identity. */
  unauthorized: { status: 401, text: 'Invalid Access Token' },
  /** Known, but role or membership forbids it: 401, not 403 (application-api.md section 2.3). */
  not_authorized: { status: 401, text: 'You are not authorized to do this action' },
  /** Message status outside an API inbox. */
  forbidden: { status: 403 },
  /** Absent, or of another account or session: both look the same. */
  not_found: { status: 404, text: 'Resource could not be found' },
  /** A method that no address has, such as TRACE; `Allow` names those of this one. */
  method_not_allowed: { status: 405 },
  too_large: { status: 413, text: 'The body or a file is too large' },
  /** A body whose type, charset or encoding is not read; the text names it. */
  unsupported_type: { status: 415 },
  /** Fields at fault are named in `attributes`. */
  invalid: { status: 422 },
  /** Refused as a whole, with no field to point at; also a reused key with another content. */
  unprocessable: { status: 422 },
  too_many_requests: { status: 429, text: 'Too many requests' },
  internal: { status: 500, text: 'A fault of the server' },
  unavailable: { status: 503, text: 'The server cannot answer at the moment' },
} as const;

/** Used inside the server and by the SDK; the wire has the status and the text. */
export type ErrorCode = keyof typeof errors;

/** Client API: 400, 404, 405, 413, 429, 500, 503 (client-api.md section 3). `error` is the reason phrase of the status. */
export const StatusError = named('StatusError', { status: Type.Integer(), error: Type.String() });
export type StatusError = Static<typeof StatusError>;

/** Both APIs: `invalid`. `attributes` names the fields at fault. */
export const ValidationError = named('ValidationError', {
  message: Type.String(),
  attributes: Type.Array(Type.String()),
});
export type ValidationError = Static<typeof ValidationError>;

/** Client API: 401, 415 and `unprocessable`. Agent API: everything that is neither `invalid` nor `unauthenticated`. */
export const TextError = named('TextError', { error: Type.String() });
export type TextError = Static<typeof TextError>;

/** Agent API: `unauthenticated`, and refused sign-ins, which add `success: false`. */
export const SignInError = named('SignInError', {
  success: Type.Optional(Type.Literal(false)),
  errors: Type.Array(Type.String()),
});
export type SignInError = Static<typeof SignInError>;

/** Every 422. */
export const InvalidError = Type.Union([ValidationError, TextError], { title: 'InvalidError' });

/** Every 401 of the agent API. */
export const UnauthorizedError = Type.Union([TextError, SignInError], { title: 'UnauthorizedError' });

/** Link of a letter that is not valid, or not any more (application-api.md section 6.1). */
export const LinkError = named('LinkError', { message: Type.String(), redirect_url: Type.String() });
export type LinkError = Static<typeof LinkError>;

/** Every 422 where a link of a letter is read. */
export const InvalidLinkError = Type.Union([ValidationError, TextError, LinkError], {
  title: 'InvalidLinkError',
});
