/** Parses JSON bodies to bags. */
import { Refusal } from '../errors.ts';
import { isObject } from '../json-text.ts';
import { requireShallow } from './depth.ts';
import { parseJson } from './number-text.ts';
import type { Bag } from './read-input.ts';

/** The bags whose values have JSON types. The values of forms are text. */
const typed = Symbol('typed');
type TypedBag = Bag & { [typed]?: true };

/** Whether the body was JSON. */
export const isTyped = (body: TypedBag): boolean => body[typed] === true;

function toTyped(bag: TypedBag): Bag {
  bag[typed] = true;
  return bag;
}

/** Blank text and `null`, which generated clients send in place of no body, are an empty bag. @throws bad_request */
export function readJsonObject(text: string): Bag {
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
export function findJsonObject(text: string): Bag | undefined {
  requireShallow(text);
  try {
    const value = parseJson(text);
    return isObject(value) ? toTyped(value) : undefined;
  } catch {
    return undefined;
  }
}
