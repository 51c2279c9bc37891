/** JSON bodies to bags. */
import { Refusal } from '../errors.ts';
import { requireShallow } from './depth.ts';
import { parseJson } from './number-text.ts';
import type { Bag } from './read-input.ts';

/** Marks the bags whose values have the types of JSON; those of forms are text. */
const typed = Symbol('typed');
type TypedBag = Bag & { [typed]?: true };

/** Whether the body was JSON. */
export const isTyped = (body: Bag): boolean => (body as TypedBag)[typed] === true;

function toTyped(bag: Bag): Bag {
  (bag as TypedBag)[typed] = true;
  return bag;
}

/** Blank text and `null`, which generated clients send for a body that nobody gave them, are an empty bag. @throws bad_request */
export function readJsonObject(text: string): Bag {
  if (text.trim() === '') return {};
  const value = readJson(text) ?? {};
  if (typeof value !== 'object' || Array.isArray(value))
    throw new Refusal('bad_request', 'The body must be a JSON object');
  return toTyped(value as Bag);
}

/** Any JSON value, its long numbers as text. @throws bad_request for text that is no JSON, or nests too deep */
export function readJson(text: string): unknown {
  requireShallow(text);
  try {
    return parseJson(text);
  } catch {
    throw new Refusal('bad_request', 'The body is not valid JSON');
  }
}

/** The object that the text is, if it is one. @throws bad_request for text that nests too deep */
export function findJsonObject(text: string): Bag | undefined {
  requireShallow(text);
  try {
    const value = parseJson(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? toTyped(value as Bag)
      : undefined;
  } catch {
    return undefined;
  }
}
