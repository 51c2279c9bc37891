/** How a verb refuses: one class with a code, which `http/` renders in the shape of the API that was called. */
import { type ErrorCode, errors } from '@hoory/contract';

/** The status each code has on the wire. */
export const statusOf = (code: ErrorCode): number => errors[code].status;

export interface RefusalDetail {
  /** Fields at fault, for `invalid` (client-api.md section 3). */
  attributes?: string[];
  /** Seconds to wait, for `too_many_requests`. */
  retryAfter?: number;
  /** The whole body, where an endpoint has an error of its own shape. */
  body?: object;
}

/** A refusal the caller can act on. Anything else thrown is a bug and is answered as `internal`. */
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

/** The cached caller may be stale: reload it and retry the request. */
export class StaleCaller extends Error {}

/** The record does not exist, or is outside what the caller may know of: both look the same (decisions.md 8). */
export const notFound = () => new Refusal('not_found', errors.not_found.text);

/** A field's name at the beginning of a sentence. */
export const titleOf = (field: string): string =>
  field.charAt(0).toUpperCase() + field.slice(1).replaceAll('_', ' ');

/** A field's value was refused; `attribute` is its name on the wire. */
export const invalid = (attribute: string, message: string) =>
  new Refusal('invalid', message, { attributes: [attribute] });

/** The request as a whole was refused, with one sentence and no field to point at. */
export const unprocessable = (message: string) => new Refusal('unprocessable', message);

/** Who calls is not known, or proof was wrong. */
export const unauthorized = (message: string) => new Refusal('unauthorized', message);

/** Known, but the role or membership forbids it: 401 on the agent API (application-api.md section 2.3). */
export const notAuthorized = () => new Refusal('not_authorized', errors.not_authorized.text);
