/** Refusals: a verb throws one class with a code, and `http/` renders it in the shape of the API that was called. */
import { type ErrorCode, errors } from '@hoory/contract';

/** The HTTP status of a code. */
export const statusOf = (code: ErrorCode): number => errors[code].status;

export interface RefusalDetail {
  /** Names of the invalid fields, for `invalid` (client-api.md section 3). */
  attributes?: string[];
  /** Seconds until a retry may succeed, for `too_many_requests`. */
  retryAfter?: number;
  /** The whole body, for an endpoint whose error has a shape of its own. */
  body?: object;
}

/** An error that the caller can act on. Any other exception is a bug and is answered as `internal`. */
export class Refusal extends Error {
  readonly code: ErrorCode;
  readonly detail: RefusalDetail;

  constructor(code: ErrorCode, message: string, detail: RefusalDetail = {}) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
    this.detail = detail;
  }
}

/** The record does not exist, or the caller may not know of it: both have the same answer (decisions.md 8). */
export const notFound = () => new Refusal('not_found', errors.not_found.text);

/** A field's name at the beginning of a sentence: `Phone number` for `phone_number`. */
export const titleOf = (field: string): string =>
  field.charAt(0).toUpperCase() + field.slice(1).replaceAll('_', ' ');

/** A field has an invalid value, 422. @param attribute the name of the field on the wire */
export const invalid = (attribute: string, message: string) =>
  new Refusal('invalid', message, { attributes: [attribute] });

/** The request is invalid as a whole, without one field at fault, 422. */
export const unprocessable = (message: string) => new Refusal('unprocessable', message);

/** The caller is not authenticated, or its token or proof is wrong, 401. */
export const unauthorized = (message: string) => new Refusal('unauthorized', message);

/**
 * The caller is authenticated, but its role or membership forbids the request: 401 on the agent API (application-api.md section
 * 2.3).
 */
export const notAuthorized = () => new Refusal('not_authorized', errors.not_authorized.text);
