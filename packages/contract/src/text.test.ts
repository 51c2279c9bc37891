/** Cutting people's text. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cut, firstCharacter } from './text.ts';

const segmenter = new Intl.Segmenter();
const clustersOf = (text: string) => [...segmenter.segment(text)].map(({ segment }) => segment);
const family = '👨‍👩‍👧‍👦';

describe('cut', () => {
  it('takes as many whole clusters as fit, in code points', () => {
    const piece = fc.oneof(
      fc.constantFrom('a', 'é', 'e\u0301', family, '🇩🇪', '👍🏽', 'नि', '\r\n', '\u200d', '각', 'ش', 'x'),
      fc.string({ unit: 'binary', maxLength: 3 }),
    );
    const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(text, fc.integer({ min: 0, max: 60 }), (given, most) => {
        let wanted = '';
        for (const cluster of clustersOf(given)) {
          if ([...(wanted + cluster)].length > most) break;
          wanted += cluster;
        }
        // A first character that is longer than the limit is the only one that is split, between code points.
        if (wanted === '') wanted = [...given].slice(0, most).join('');
        expect(cut(given, most)).toBe(wanted);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    [`${'n'.repeat(254)}${family}`, 255, 'n'.repeat(254)],
    ['ab', 2, 'ab'],
    ['😀😀', 2, '😀😀'],
    ['e\u0301e\u0301', 3, 'e\u0301'],
    [family, 2, '👨\u200d'],
    ['abc', 0, ''],
  ])('of %s to %s', (text, most, wanted) => {
    expect(cut(text, most)).toBe(wanted);
  });
});

describe('firstCharacter', () => {
  it.each([
    ['Ada', 'A'],
    ['e\u0301cole', 'e\u0301'],
    [`${family} Smith`, family],
    ['', ''],
  ])('of %s', (text, wanted) => {
    expect(firstCharacter(text)).toBe(wanted);
  });
});
