/** The type of an endpoint: plain data from which the server's routes, the SDK's types and OpenAPI are made. */
import type { Static, TObject, TSchema } from 'typebox';
import type { Tag } from './tags.ts';

/** `PUT` is not among them: it does what `PATCH` does. */
export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/**
 * Who may call.
 * - `none`: anyone (a probe, an inbox's public settings, sign-in)
 * - `session`: a contact session, named by `inbox_identifier` and `contact_identifier` in the path
 * - `user`: a signed-in user, without an account in the path (profile)
 * - `agent`: a user who belongs to the account in the path
 * - `administrator`: as `agent`, with that role
 * - `doctor`: `hoory doctor`, by a token that the verb checks
 * What an agent may see inside the account is decided by the rules of the noun.
 */
export type Auth = 'none' | 'session' | 'user' | 'agent' | 'administrator' | 'doctor';

/** A limit beside those that hold for every request: `most` calls in `seconds`, of one user or of all in the account. */
export interface Throttle {
  /** Endpoints of one name share a count. */
  name: string;
  most: number;
  seconds: number;
  per: 'user' | 'account';
}

/** One row of a table: everything that the server, the SDK and the documents need to know of an endpoint. */
export interface Endpoint {
  /** `PATCH` is served for `PUT` as well (client-api.md section 1, application-api.md section 1). */
  method: Method;
  /** Path with `{name}` parameters, e.g. `/public/api/v1/inboxes/{inbox_identifier}`. */
  path: string;
  /** Other paths that reach the same endpoint, for clients that spell it so. */
  aliases?: readonly string[];
  auth: Auth;
  /** Agent bots may call it with their token (application-api.md section 2.1). */
  bot?: true;
  /** Written in several transactions, which may be done again: the answer to an `Idempotency-Key` is kept after the last. */
  inPieces?: true;
  throttle?: Throttle;
  /** Root key under which a JSON body may nest its fields, or leave them flat (application-api.md section 1). */
  root?: string;
  tag: Tag;
  summary: string;
  description?: string;
  params?: TObject;
  query?: TObject;
  body?: TObject;
  /**
   * Fields of `multipart/form-data` that are uploaded files, and how many each takes at most. A field that takes
   * one is a single part, any other a list. They stand beside `body`, not in it; a nested one is named as in a form. A file
   * in any other field is refused.
   */
  files?: Readonly<Record<string, number>>;
  /** The documents show its body as a form and not as JSON: it is there for a file. */
  isForm?: true;
  /** Its body is bytes of any type, which are no fields: it has a route of its own. */
  isBytes?: true;
  /** Fields of the compatible API without an effect here: a body of nothing else is taken and changes nothing. */
  ignores?: readonly string[];
  /** Schema of the JSON answer; `null` answers with an empty body. */
  returns: TSchema | null;
  /** Bodies of refusals that have a shape of their own here, beside the shapes that all have. */
  refusals?: { 404?: TSchema; 422?: TSchema };
  /** Status of the answer when it is not 200. */
  status?: 204;
}

/** A table of endpoints by operation id. `const` keeps every literal, so that types can be read off it. */
export function endpoints<const T extends Record<string, Endpoint>>(table: T): T {
  return table;
}

type Part<T> = T extends TObject ? Static<T> : unknown;

/** Everything an endpoint reads, merged: path wins over query, query over body. */
export type Input<E extends Endpoint> = Part<E['params']> & Part<E['query']> & Part<E['body']>;

/** The response of an endpoint. */
export type Output<E extends Endpoint> = E['returns'] extends TSchema ? Static<E['returns']> : undefined;
