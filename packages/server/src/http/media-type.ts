/** Reads a `Content-Type`: the type itself and its parameters. */
import { Refusal } from '../errors.ts';

/** Type and subtype in lower case without parameters; empty when there is no header. */
export const essenceOf = (header: string | undefined): string =>
  (header ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';

/** A parameter of a header such as `form-data; name="a"`; undefined when it is absent. */
export function parameterOf(header: string | undefined, name: string): string | undefined {
  for (const [, key, quoted, token] of (header ?? '').matchAll(parameter))
    if (key?.toLowerCase() === name) return quoted === undefined ? token : quoted.replaceAll('\\"', '"');
  return undefined;
}

const parameter = /;\s*([\w*-]+)\s*=\s*(?:"((?:\\.|[^"\\])*)"|([^;\s]*))/g;

/** `application/json`, its older names, and every `+json`. */
export const isJson = (essence: string): boolean =>
  /^(application|text)\/(x-)?json$|^[\w.-]+\/[\w.+-]+\+json$/.test(essence);

/** The refusal of a body that cannot be read, which names its type. */
export const typeRefusal = (what: string): Refusal =>
  new Refusal(
    'unsupported_type',
    `${what} is not read here. Send JSON, application/x-www-form-urlencoded or multipart/form-data.`,
  );

/** @throws unsupported_type, which names the type */
export function refuseType(what: string): never {
  throw typeRefusal(what);
}
