/**
 * Free-form objects, whose keys the caller chooses: the bounds of what may be stored, and the cutting of objects that an older
 * version stored beyond them. The contract defines the bounds.
 */
import { FREE_FORM, MAX_BODY_LEVELS, TRUNCATED } from '@hoory/contract';
import { invalid, titleOf } from './errors.ts';
import { isObject, membersOf, nestsDeeperThan } from './json-text.ts';

export type FreeForm = Record<string, unknown>;

/** A key that is refused: assigning it changes the prototype of an object. */
export const PROTOTYPE = '__proto__';

const { maxBytes, maxKeys, maxLevels, maxKeyLength } = FREE_FORM;

/**
 * The JSON text of an object as it is stored, after merging. Every free-form column is written with it.
 * @param field the field's name on the wire, for the refusal
 * @throws invalid 422 beyond the bounds, and for an object that `readFreeForm` has cut, so that a cut object never overwrites the
 * whole
 */
export function toFreeForm(field: string, value: object): string {
  const problem = shapeProblem(value);
  if (problem) throw invalid(field, `${titleOf(field)} ${problem}`);
  const text = JSON.stringify(value);
  if (exceeds(text, maxBytes)) throw invalid(field, `${titleOf(field)} ${tooLarge}`);
  return text;
}

/** Like `toFreeForm`, but undefined instead of a refusal: for objects to which the server adds keys. */
export function findFreeForm(value: object): string | undefined {
  if (shapeProblem(value)) return undefined;
  const text = JSON.stringify(value);
  return exceeds(text, maxBytes) ? undefined : text;
}

/** Why a value cannot be stored, to follow the field's name in a sentence; undefined when it is within the bounds. */
export function problemOf(value: object): string | undefined {
  return shapeProblem(value) ?? (exceeds(JSON.stringify(value), maxBytes) ? tooLarge : undefined);
}

const tooLarge = `is too large (maximum is ${maxBytes / 1024} kB)`;

/** Walks the value level by level, without recursion: a deep value cannot overflow the stack. */
function shapeProblem(value: object): string | undefined {
  if (Object.hasOwn(value, TRUNCATED)) return `was cut when it was read: it has the key ${TRUNCATED}`;
  let level: object[] = [value];
  for (let depth = 1; level.length; depth++) {
    if (depth > maxLevels) return `nests too deep (maximum is ${maxLevels} levels)`;
    const next: object[] = [];
    for (const object of level) {
      const problem = Array.isArray(object) ? undefined : keysProblem(Object.keys(object));
      if (problem) return problem;
      for (const inner of Object.values(object))
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

/** A UTF-16 unit has at most 3 bytes in UTF-8, so the length nearly always decides without counting bytes. */
const exceeds = (text: string, bytes: number): boolean =>
  text.length * 3 > bytes && (text.length > bytes || Buffer.byteLength(text) > bytes);

/** Characters. A shorter text without an inner object or list is within every bound. */
const shortText = 256;

/**
 * Parses the stored text of a free-form object. An object beyond the bounds, or of more than `bytes`, is cut: the whole members
 * that
 * fit are kept, in the order of their keys, and `TRUNCATED` is set.
 */
export function readFreeForm(text: string, bytes: number = maxBytes): FreeForm {
  if (text === '{}') return {};
  if (text.length < shortText && text.indexOf('{', 1) === -1 && !/\[|__proto__/.test(text))
    return JSON.parse(text);
  if (!exceeds(text, bytes) && !nestsDeeperThan(text, maxLevels)) {
    const value: unknown = JSON.parse(text);
    if (isObject(value) && shapeProblem(value) === undefined) return value;
  }
  return cutTo(text, bytes);
}

/** The stored object as the base of a change, without `TRUNCATED`: the change then stores an object within the bounds. */
export function readBase(text: string): FreeForm {
  const { [TRUNCATED]: _, ...base } = readFreeForm(text);
  return base;
}

/**
 * Parses a stored event or body of a webhook. Members that nest deeper than a request body may, which older versions stored, are
 * left out, and `TRUNCATED` is set.
 */
export function readPayload(text: string): FreeForm {
  if (!nestsDeeperThan(text, MAX_BODY_LEVELS)) return JSON.parse(text);
  const kept: FreeForm = {};
  for (const member of membersOf(text))
    if (!nestsDeeperThan(member, MAX_BODY_LEVELS - 1)) Object.assign(kept, JSON.parse(`{${member}}`));
  kept[TRUNCATED] = true;
  return kept;
}

/** Characters that `cutTo` reads of a text that an older version stored, however long it is. */
const maxScanned = 2 * maxBytes;

function cutTo(text: string, bytes: number): FreeForm {
  const cut: FreeForm = {};
  let keys = 1;
  let left = bytes - `{"${TRUNCATED}":true}`.length;
  for (const member of membersOf(text.slice(0, maxScanned))) {
    if (keys === maxKeys || left < shortestMember) break;
    if (exceeds(member, left - 1) || nestsDeeperThan(member, maxLevels - 1)) continue;
    const parsed: unknown = JSON.parse(`{${member}}`);
    if (!isObject(parsed) || shapeProblem(parsed)) continue;
    Object.assign(cut, parsed);
    left -= Buffer.byteLength(member) + 1;
    keys++;
  }
  cut[TRUNCATED] = true;
  return cut;
}

/** Bytes of `"":1` and its comma. */
const shortestMember = 5;
