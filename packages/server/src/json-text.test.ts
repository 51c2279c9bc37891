import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { membersOf, nestsDeeperThan } from './json-text.ts';

const levelsOf = (value: unknown): number =>
  typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(levelsOf)) : 0;

const spaced = fc.constantFrom(undefined, 2, '\t');

describe('the nesting of a JSON text', () => {
  it('is that of the value, whatever its strings and keys contain', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), spaced, (value, space) => {
        const text = JSON.stringify(value, null, space);
        const levels = levelsOf(value);
        expect(nestsDeeperThan(text, levels)).toBe(false);
        if (levels) expect(nestsDeeperThan(text, levels - 1)).toBe(true);
      }),
    );
  });

  it.each([
    ['brackets in a string', '{"a":"[[[{{{"}', false],
    ['an escaped quote', '{"a":"\\"[[["}', false],
    ['an escaped backslash at the end of a string', '{"a":"\\\\","b":[[[]]]}', true],
    ['a string that does not end', '{"a":"[[[', false],
    ['text that is no JSON', '[[[[[[', true],
    ['a million levels', '['.repeat(1_000_000), true],
  ])('is found with %s', (_case, text, isDeeper) => {
    expect(nestsDeeperThan(text, 2)).toBe(isDeeper);
  });
});

describe('the members of a JSON text', () => {
  it('are those of the object, each complete', () => {
    const key = fc.string().filter((name) => name !== '__proto__');
    fc.assert(
      fc.property(fc.dictionary(key, fc.jsonValue({ maxDepth: 3 })), spaced, (value, space) => {
        const members = [...membersOf(JSON.stringify(value, null, space))];
        const again = members.map((member) => Object.entries(JSON.parse(`{${member}}`)));
        expect(again.flat()).toEqual(Object.entries(JSON.parse(JSON.stringify(value))));
      }),
    );
  });

  it('leave out the last one of a truncated text', () => {
    expect([...membersOf('{"a":1,"b":{"c":2},"d":"e')]).toEqual(['"a":1', '"b":{"c":2}']);
  });
});
