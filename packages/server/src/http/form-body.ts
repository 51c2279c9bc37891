/** Parses forms and query strings to bags: `name=value` pairs, whose names may nest (`a[b]`, `a[]`). */
import qs from 'qs';
import { invalid, Refusal } from '../errors.ts';
import { PROTOTYPE } from '../free-form.ts';
import { decodeText } from './charset.ts';
import { findJsonObject, readJsonObject } from './json-body.ts';
import type { Fields } from './read-input.ts';

const maxPairs = 2000;

const structure = {
  depth: 6,
  strictDepth: true,
  parameterLimit: maxPairs,
  arrayLimit: 1000,
  throwOnLimitExceeded: true,
  plainObjects: true,
} as const;

/**
 * Makes fields of named values. A value may be anything, for example a parsed object.
 * @throws invalid for the key `__proto__`; bad_request for more than 2000 pairs, or names that nest deeper than 6
 */
export function toFields(pairs: readonly (readonly [name: string, value: unknown])[]): Fields {
  if (!pairs.length) return {};
  for (const [name] of pairs) if (name.includes(PROTOTYPE)) refusePrototype(name);
  // The parser gets only the names, each with the index of its value, so that no text of a value is read as syntax.
  const names = pairs.map(([name], index) => `${encodeURIComponent(name.toWellFormed())}=${index}`);
  try {
    const fields: Fields = qs.parse(names.join('&'), {
      ...structure,
      decoder: (text, decode, _charset, type) => (type === 'value' ? pairs[Number(text)]?.[1] : decode(text)),
    });
    return fields;
  } catch (error) {
    if (error instanceof RangeError)
      throw new Refusal('bad_request', `The fields of the form are too many or too deep: ${error.message}`);
    throw error;
  }
}

/** @throws invalid for a name with the part `__proto__`, which the parser would drop without an error */
function refusePrototype(name: string): void {
  const parts = name.split(/[[\]]/);
  if (parts.includes(PROTOTYPE))
    throw invalid(parts[0] ?? name, `${name} has the key ${PROTOTYPE}, which cannot be kept`);
}

/**
 * Reads a query string, or a form as its bytes in latin1.
 * @throws bad_request for bytes that are not of the charset
 */
export function parseForm(bytes: string, charset?: string): Fields {
  if (bytes === '') return {};
  const pairs = bytes.split('&').filter((pair) => pair !== '');
  const declared = pairs.find((pair) => pair.startsWith('_charset_='))?.slice('_charset_='.length);
  const decode = (text: string) => decodePercent(text, charset ?? (declared || undefined));
  return toFields(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      return at < 0 ? [decode(pair), ''] : [decode(pair.slice(0, at)), decode(pair.slice(at + 1))];
    }),
  );
}

function decodePercent(text: string, charset: string | undefined): string {
  const bytes = text
    .replaceAll('+', ' ')
    .replace(/%([\da-f]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
  return decodeText(Buffer.from(bytes, 'latin1'), charset);
}

/**
 * Reads a form body; JSON that was sent with the type of a form, as `curl -d` does, is read as JSON.
 * @throws bad_request for text that begins like JSON and is not JSON
 */
export function readForm(body: Buffer, charset?: string): Fields {
  const bytes = body.toString('latin1').replace(/^\u00ef\u00bb\u00bf/, '');
  if (/^\s*\{/.test(bytes)) return readJsonObject(decodeText(Buffer.from(bytes, 'latin1'), charset));
  if (/^%7b/i.test(bytes)) {
    const text = decodePercent(bytes, charset);
    const json = findJsonObject(text) ?? findJsonObject(text.replace(/=$/, ''));
    if (json) return json;
  }
  return parseForm(bytes, charset);
}
