import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from './fold.ts';

describe('fold', () => {
  it.each([
    ['Café CRÈME', 'cafe creme'],
    ['Cafe\u0301', 'cafe'],
    ['Straße', 'strasse'],
    ['STRAẞE', 'strasse'],
    ['İstanbul ISPARTA ılık', 'istanbul isparta ilik'],
    ['Ὀδυσσεύς ΟΔΥΣΣΕΎΣ', 'οδυσσευσ οδυσσευσ'],
    ['Ёлка Йод', 'елка иод'],
    ['Ｈｏｏｒｙ　１２３', 'hoory 123'],
    ['ｶﾞｷﾞ', 'ガギ'],
    ['か\u3099', 'が'],
    ['ที่นี่', 'ที่นี่'],
    ['한국어', '한국어'],
    ['शिक्षा', 'शिक्षा'],
    ['مُحَمَّـــد', 'محمد'],
    ['أحمد إبراهيم آمنة', 'احمد ابراهيم امنة'],
    ['שָׁלוֹם', 'שלום'],
    ['٠١٢٣ ۴۵۶ ०९', '0123 456 09'],
    ['O’Reilly – “yes”', 'o\'reilly - "yes"'],
    ['a\u200Db\u00ADc\u202Ed', 'abcd'],
    ['  a \n\t b\u00A0 ', 'a b'],
    ['❤️ 👍🏽', '❤ 👍🏽'],
    ['Łódź Ærø Þór', 'lodz aero thor'],
    ['ﬁn №', 'fin no'],
  ])('folds %j to %j', (text, folded) => expect(fold(text)).toBe(folded));

  it('does not change folded text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(fold(fold(text))).toBe(fold(text));
      }),
      { numRuns: 1000 },
    );
  });

  it('folds all normal forms to the same text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD'])
          expect(fold(text.normalize(form))).toBe(fold(text));
      }),
      { numRuns: 1000 },
    );
  });
});
