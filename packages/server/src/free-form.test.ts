import { FREE_FORM, TRUNCATED } from '@hoory/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findFreeForm, readBase, readFreeForm, readPayload, toFreeForm } from './free-form.ts';

const { maxBytes, maxKeys, maxKeyLength, maxLevels } = FREE_FORM;
const keys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, at]));
const deep = (levels: number): object => (levels === 1 ? {} : { a: deep(levels - 1) });
const ofBytes = (bytes: number) => ({ text: 'x'.repeat(bytes - '{"text":""}'.length) });
const deepText = (levels: number) => `${'{"a":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}`;

describe('a free-form object', () => {
  it.each([
    ['bytes', ofBytes(maxBytes), ofBytes(maxBytes + 1)],
    ['keys', keys(maxKeys), keys(maxKeys + 1)],
    ['keys of an inner object', { a: [keys(maxKeys)] }, { a: [keys(maxKeys + 1)] }],
    ['levels', deep(maxLevels), deep(maxLevels + 1)],
    ['characters of a key', { ['🙂'.repeat(maxKeyLength)]: 1 }, { ['🙂'.repeat(maxKeyLength + 1)]: 1 }],
    ['bytes of other letters', { a: 'é'.repeat(30_000) }, { a: 'é'.repeat(40_000) }],
    ['the mark of what was cut', { a: { [TRUNCATED]: true } }, { [TRUNCATED]: true }],
  ])('is stored up to the bound of its %s, and refused beyond', (_what, within, beyond) => {
    expect(JSON.parse(toFreeForm('custom_attributes', within))).toEqual(within);
    expect(readFreeForm(JSON.stringify(within))).toEqual(within);
    expect(findFreeForm(beyond)).toBeUndefined();
    expect(() => toFreeForm('custom_attributes', beyond)).toThrow(
      expect.objectContaining({ code: 'invalid', detail: { attributes: ['custom_attributes'] } }),
    );
  });

  it('is within the bounds when it is read, whatever was stored', () => {
    const value = fc.oneof(
      fc.jsonValue(),
      fc.integer({ min: 1, max: 12 }).map(deep),
      fc.integer({ min: 0, max: 250 }).map(keys),
      fc.integer({ min: 0, max: 70_000 }).map((length) => 'ü'.repeat(length)),
    );
    const key = fc.oneof(fc.string(), fc.constantFrom('k'.repeat(255), 'k'.repeat(256), '__proto__'));
    fc.assert(
      fc.property(
        fc.dictionary(key, value, { maxKeys: 260 }),
        fc.constantFrom(8192, maxBytes),
        (stored, bytes) => {
          const text = JSON.stringify(stored);
          const read = readFreeForm(text, bytes);
          const isWhole = findFreeForm(stored) !== undefined && Buffer.byteLength(text) <= bytes;
          if (isWhole) expect(JSON.stringify(read)).toBe(text);
          else expect(read[TRUNCATED]).toBe(true);
          expect(Buffer.byteLength(JSON.stringify(read))).toBeLessThanOrEqual(bytes);
          expect(findFreeForm(readBase(text))).toBeDefined();
        },
      ),
    );
  });

  it('is cut between whole members, in the order of its keys', () => {
    const stored = { first: 1, large: 'x'.repeat(maxBytes), deep: deep(maxLevels), last: [2] };
    expect(readFreeForm(JSON.stringify(stored))).toEqual({ first: 1, last: [2], [TRUNCATED]: true });
  });

  it('is read from a text that nests deeper than the stack allows', () => {
    expect(readFreeForm(`{"a":1,"b":${deepText(10_000)},"c":2}`)).toEqual({ a: 1, c: 2, [TRUNCATED]: true });
  });
});

describe('a logged payload', () => {
  it('loses the members that nest too deep', () => {
    expect(readPayload(`{"id":1,"sender":${deepText(5000)},"content":"Hi"}`)).toEqual({
      id: 1,
      content: 'Hi',
      [TRUNCATED]: true,
    });
  });
});
