/** Limits the nesting of JSON that a caller sends, before it is parsed. */
import { MAX_BODY_LEVELS } from '@hoory/contract';
import { Refusal } from '../errors.ts';
import { nestsDeeperThan } from '../json-text.ts';

/** @throws bad_request 400 for JSON text that nests deeper than a body may */
export function requireShallow(text: string): void {
  if (nestsDeeperThan(text, MAX_BODY_LEVELS)) throw tooDeep();
}

export const tooDeep = () =>
  new Refusal('bad_request', `The body nests too deep (maximum is ${MAX_BODY_LEVELS} levels)`);
