/** Parses JSON bodies to bags. */
import { Refusal } from '../errors.ts';
import { isObject } from '../json-text.ts';
import { requireShallow } from './depth.ts';
import { parseJson } from './number-text.ts';
import type { Fields } from './read-input.ts';

/** The bags whose values have JSON types. The values of forms are text. */
const typed = Symbol('typed');
type TypedFields = Fields & { [typed]?: true };

/** Whether the body was JSON. */
export const isTyped = (body: TypedFields): boolean => body[typed] === true;

function toTyped(fields: TypedFields): Fields {
  fields[typed] = true;
  return fields;
}

/** Blank text and `null`, which generated clients send in place of no body, have no fields. @throws bad_request */
export function readJsonObject(text: string): Fields {
  if (text.trim() === '') return {};
  const value = readJson(text) ?? {};
  if (!isObject(value)) throw new Refusal('bad_request', 'The body must be a JSON object');
  return toTyped(value);
}

/** Any JSON value, with long numbers as text. @throws bad_request for text that is not JSON, or nests too deep */
export function readJson(text: string): unknown {
  requireShallow(text);
  try {
    return parseJson(text);
  } catch {
    throw new Refusal('bad_request', 'The body is not valid JSON');
  }
}

/** The JSON object of a text; undefined for other text. @throws bad_request for text that nests too deep */
export function findJsonObject(text: string): Fields | undefined {
  requireShallow(text);
  try {
    const value = parseJson(text);
    return isObject(value) ? toTyped(value) : undefined;
  } catch {
    return undefined;
  }
}
