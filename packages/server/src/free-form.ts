/**
 * Free-form objects, whose keys the caller chooses: what may be stored of them, and what is shown of one that an older
 * version stored beyond the bounds. The figures are the contract's.
 */
import { FREE_FORM, MAX_BODY_LEVELS, TRUNCATED } from '@hoory/contract';
import { invalid, titleOf } from './errors.ts';
import { membersOf, nestsDeeperThan } from './json-text.ts';

export type FreeForm = Record<string, unknown>;

/** The key that cannot be a key: set on an object it changes what the object inherits. */
export const PROTOTYPE = '__proto__';

const { maxBytes, maxKeys, maxLevels, maxKeyLength } = FREE_FORM;

/**
 * The JSON text of an object that is about to be stored, after merging. Every free-form column is written with it.
 * @param field the name on the wire that a refusal points at
 * @throws invalid 422 beyond the bounds, and for an object that was cut when it was read
 */
export function toFreeForm(field: string, value: object): string {
  const problem = shapeProblem(value);
  if (problem) throw invalid(field, `${titleOf(field)} ${problem}`);
  const text = JSON.stringify(value);
  if (exceeds(text, maxBytes)) throw invalid(field, `${titleOf(field)} ${tooLarge}`);
  return text;
}

/** As `toFreeForm`; undefined in place of a refusal, for what the server adds by itself. */
export function findFreeForm(value: object): string | undefined {
  if (shapeProblem(value)) return undefined;
  const text = JSON.stringify(value);
  return exceeds(text, maxBytes) ? undefined : text;
}

/** What is wrong with a value that was sent for a free-form object; undefined when it is within the bounds. */
export function problemOf(value: object): string | undefined {
  return shapeProblem(value) ?? (exceeds(JSON.stringify(value), maxBytes) ? tooLarge : undefined);
}

const tooLarge = `is too large (maximum is ${maxBytes / 1024} kB)`;

/** Looks level by level: a deep value costs no stack, and nothing below the last level is looked at. */
function shapeProblem(value: object): string | undefined {
  if (Object.hasOwn(value, TRUNCATED)) return `was cut when it was read: it has the key ${TRUNCATED}`;
  let level: object[] = [value];
  for (let depth = 1; level.length; depth++) {
    if (depth > maxLevels) return `nests too deep (maximum is ${maxLevels} levels)`;
    const next: object[] = [];
    for (const one of level) {
      const problem = Array.isArray(one) ? undefined : keysProblem(Object.keys(one));
      if (problem) return problem;
      for (const inner of Object.values(one))
        if (typeof inner === 'object' && inner !== null) next.push(inner);
    }
    level = next;
  }
  return undefined;
}

function keysProblem(keys: readonly string[]): string | undefined {
  if (keys.length > maxKeys) return `has too many keys (maximum is ${maxKeys} an object)`;
  if (keys.includes(PROTOTYPE)) return `has the key ${PROTOTYPE}, which cannot be kept`;
  const isLong = (key: string) => key.length > maxKeyLength && [...key].length > maxKeyLength;
  return keys.some(isLong) ? `has a key that is too long (maximum is ${maxKeyLength} characters)` : undefined;
}

/** The length in UTF-16 decides without counting in nearly every case. */
const exceeds = (text: string, bytes: number): boolean =>
  text.length * 3 > bytes && (text.length > bytes || Buffer.byteLength(text) > bytes);

/** Shorter texts without an inner object or list are within every bound. */
const shortText = 256;

/**
 * Parses the stored text of a free-form object. One that exceeds the bounds, or `bytes`, is cut: in the order of its keys,
 * each whole member that still fits is kept, and `TRUNCATED` is set.
 */
export function readFreeForm(text: string, bytes: number = maxBytes): FreeForm {
  if (text === '{}') return {};
  if (text.length < shortText && text.indexOf('{', 1) === -1 && !/\[|__proto__/.test(text))
    return JSON.parse(text);
  if (!exceeds(text, bytes) && !nestsDeeperThan(text, maxLevels)) {
    const value = JSON.parse(text) as FreeForm;
    if (shapeProblem(value) === undefined) return value;
  }
  return cutTo(text, bytes);
}

/** The stored object as the base of a change: without the mark of one that was cut, so that the change mends it. */
export function readBase(text: string): FreeForm {
  const { [TRUNCATED]: _, ...base } = readFreeForm(text);
  return base;
}

/**
 * Parses what was sent or logged as one object: an event, the body of a webhook. Members that nest deeper than a body may,
 * which older versions wrote, are left out, and `TRUNCATED` is set.
 */
export function readPayload(text: string): FreeForm {
  if (!nestsDeeperThan(text, MAX_BODY_LEVELS)) return JSON.parse(text);
  const kept: FreeForm = {};
  for (const member of membersOf(text))
    if (!nestsDeeperThan(member, MAX_BODY_LEVELS - 1)) Object.assign(kept, JSON.parse(`{${member}}`));
  kept[TRUNCATED] = true;
  return kept;
}

/** Whatever was stored, no more than this is looked at for one reading. */
const mostScanned = 2 * maxBytes;

function cutTo(text: string, bytes: number): FreeForm {
  const cut: FreeForm = {};
  let keys = 1;
  let left = bytes - `{"${TRUNCATED}":true}`.length;
  for (const member of membersOf(text.slice(0, mostScanned))) {
    if (keys === maxKeys || left < shortestMember) break;
    if (exceeds(member, left - 1) || nestsDeeperThan(member, maxLevels - 1)) continue;
    const one = JSON.parse(`{${member}}`) as FreeForm;
    if (shapeProblem(one)) continue;
    Object.assign(cut, one);
    left -= Buffer.byteLength(member) + 1;
    keys++;
  }
  cut[TRUNCATED] = true;
  return cut;
}

/** `"":1` and its comma. */
const shortestMember = 5;
