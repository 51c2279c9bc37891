/** Parses query strings to bags. An invalid query is refused when its request is handled, in the shape of the called API. */
import { Refusal } from '../errors.ts';
import { parseForm } from './form-body.ts';
import type { Fields } from './read-input.ts';

const fault = Symbol('fault');

/** The fields of a query string, or the reason why they could not be read. */
export type Query = Fields & { [fault]?: Refusal };

/** For Fastify's router, in which a parser must not throw. Pages that read a few names see an invalid query as empty. */
export function parseQuery(text: string): Query {
  try {
    return parseForm(text);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { [fault]: error };
  }
}

/** @throws bad_request for bytes that are not UTF-8, too many fields or too deep ones */
export function queryOf(query: Query): Fields {
  if (query[fault]) throw query[fault];
  return query;
}
