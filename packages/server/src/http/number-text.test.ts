/** Numbers in JSON keep their digits. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NumberText, parseJson } from './number-text.ts';

const digits = (most: number) =>
  fc.array(fc.constantFrom(...'0123456789'), { minLength: 1, maxLength: most }).map((list) => list.join(''));

/** Any number that JSON can spell. */
const spelled = fc
  .record({
    sign: fc.constantFrom('', '-'),
    whole: digits(30).map((text) => text.replace(/^0+(?=\d)/, '')),
    part: fc.option(digits(30), { nil: undefined }),
    power: fc.option(fc.tuple(fc.constantFrom('e', 'E', 'e+', 'e-'), digits(3)), { nil: undefined }),
  })
  .map(({ sign, whole, part, power }) =>
    [sign, whole, part === undefined ? '' : `.${part}`, ...(power ?? [])].join(''),
  );

/** Text that prints a value with each number as it was typed. */
const printed = (value: unknown): string => {
  if (value instanceof NumberText) return value.text;
  if (Array.isArray(value)) return `[${value.map(printed).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const pairs = Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}:${printed(one)}`);
  return `{${pairs.join(',')}}`;
};

describe('parseJson', () => {
  it('keeps every number as it was typed, anywhere in a value', () => {
    const value = fc.oneof(
      spelled,
      fc.string({ unit: 'grapheme' }).map((text) => JSON.stringify(text)),
    );
    const text = fc.array(value).map((list) => `{"list":[${list.join(',')}],"a":{"b":${list[0] ?? 'null'}}}`);
    fc.assert(
      fc.property(text, (json) => {
        expect(printed(parseJson(json))).toBe(json);
      }),
      { numRuns: 1000 },
    );
  });

  it('reads everything else as JSON.parse does, also what is no JSON', () => {
    const noise = fc
      .array(fc.constantFrom(...'{}[]:,"\\01.eE-+ntf ', '1.10', '12345678901234567', '"a"'), {
        maxLength: 12,
      })
      .map((list) => list.join(''));
    const text = fc.oneof(noise, fc.json({ maxDepth: 4 }));
    fc.assert(
      fc.property(text, (json) => {
        let wanted: unknown;
        try {
          // Minus zero is printed as zero.
          wanted = JSON.parse(JSON.stringify(JSON.parse(json)));
        } catch {
          expect(() => parseJson(json)).toThrow(SyntaxError);
          return;
        }
        expect(JSON.parse(printed(parseJson(json)))).toEqual(wanted);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('the value of a number', () => {
  it.each([
    ['1.50', 1.5],
    ['150e-2', 1.5],
    ['1e3', 1000],
    ['-0', 0],
    ['0.000', 0],
    ['9007199254740992', 2 ** 53],
    ['1e22', 1e22],
    ['9007199254740993', undefined],
    ['0.1234567890123456789', undefined],
    ['1e400', undefined],
    ['1e-400', undefined],
    [`1e${'9'.repeat(400)}`, undefined],
  ])('of %s is %s', (text, value) => {
    expect(new NumberText(text).toNumber()).toBe(value);
  });
});
