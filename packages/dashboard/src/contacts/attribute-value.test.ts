/** Values of custom attributes between the wire and an input. */
import { describe, expect, it } from 'vitest';
import { toText, toValue } from './attribute-value.ts';

describe('a custom attribute', () => {
  it('keeps its kind when it is edited', () => {
    for (const [before, text, after] of [
      [3, '4', 4],
      [true, 'false', false],
      [['a'], '["a","b"]', ['a', 'b']],
      ['3', '4', '4'],
      [undefined, '4', '4'],
    ] as const)
      expect(toValue(text, before)).toEqual(after);
  });

  it('becomes a text where nothing else can be made of it', () => {
    expect(toValue('many', 3)).toBe('many');
    expect(toValue('', 3)).toBe('');
    expect(toValue('"4"', 3)).toBe('"4"');
  });

  it('is shown as what it is', () => {
    expect([toText('a'), toText(3), toText({ a: 1 }), toText(null)]).toEqual(['a', '3', '{"a":1}', '']);
  });
});
