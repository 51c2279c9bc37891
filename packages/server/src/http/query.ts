/** Query strings to bags. One that cannot be read refuses its request when the request is handled, in the API's own shape. */
import { Refusal } from '../errors.ts';
import { parseForm } from './form-body.ts';
import type { Bag } from './read-input.ts';

const fault = Symbol('fault');

/** The fields of a query string, or the reason why they could not be read. */
export type Query = Bag & { [fault]?: Refusal };

/** For Fastify's router, where nothing may be thrown: pages that read few names see an empty query. */
export function parseQuery(text: string): Query {
  try {
    return parseForm(text);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { [fault]: error };
  }
}

/** @throws bad_request for bytes that are not UTF-8, too many fields or too deep ones */
export function queryOf(query: Query): Bag {
  if (query[fault]) throw query[fault];
  return query;
}
