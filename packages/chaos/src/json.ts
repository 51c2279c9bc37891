/** Reading JSON of unknown shape without trusting it. */
import { createHash } from 'node:crypto';

export type JsonObject = Record<string, unknown>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The members of an object, or an empty object. */
export const objectOf = (value: unknown): JsonObject => (isObject(value) ? value : {});

export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** @throws when it is no number: an answer of the server lacks what every answer has */
export function numberOf(value: unknown, name: string): number {
  if (typeof value === 'number') return value;
  throw new Error(`${name} is no number but ${JSON.stringify(value)}`);
}

/** @throws when it is no text */
export function textOf(value: unknown, name: string): string {
  if (typeof value === 'string') return value;
  throw new Error(`${name} is no text but ${JSON.stringify(value)}`);
}

export const numberOrNone = (value: unknown): number | undefined =>
  typeof value === 'number' ? value : undefined;

/** A hash that does not depend on the order of keys. */
export const digestOf = (value: unknown): string =>
  createHash('sha1')
    .update(JSON.stringify(sorted(value)))
    .digest('base64url');

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, member]): [string, unknown] => [key, sorted(member)]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
