/** Values of custom attributes between the wire and an input. */
import { describe, expect, it } from 'vitest';
import { type Definition, editorOf, optionsOf, toLink, toText, toValue } from './attribute-value.ts';

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

describe('a custom attribute with a definition', () => {
  const of = (
    attribute_display_type: Definition['attribute_display_type'],
    attribute_values: string[] = [],
  ) => ({
    attribute_key: 'a',
    attribute_display_name: 'A',
    attribute_display_type,
    attribute_values,
  });

  it('has the editor of its type', () => {
    for (const [type, value, editor] of [
      ['text', 'a', 'text'],
      ['number', 3, 'number'],
      ['currency', '', 'number'],
      ['percent', null, 'number'],
      ['link', 'https://a.test', 'link'],
      ['date', '2026-03-01T00:00:00.000Z', 'date'],
      ['checkbox', 'false', 'switch'],
      ['checkbox', undefined, 'switch'],
    ] as const)
      expect(editorOf(of(type), value)).toBe(editor);
    expect(editorOf(of('list', ['a']), 'b')).toBe('list');
    expect(editorOf(undefined, 3)).toBe('text');
  });

  it('is edited as text where that editor would not show what it is', () => {
    expect(editorOf(of('date'), 'soon')).toBe('text');
    expect(editorOf(of('checkbox'), 'perhaps')).toBe('text');
    expect(editorOf(of('list'), 'a')).toBe('text');
    expect(editorOf(of('list', ['a']), { a: 1 })).toBe('text');
  });

  it('is stored as its type has it', () => {
    for (const [text, editor, value] of [
      ['4', 'number', 4],
      ['-0.5', 'number', -0.5],
      ['12345678901234567890', 'number', '12345678901234567890'],
      ['many', 'number', 'many'],
      ['', 'number', null],
      ['2026-03-01', 'date', '2026-03-01'],
      ['', 'date', null],
      ['', 'link', null],
    ] as const)
      expect(toValue(text, 3, editor)).toBe(value);
  });

  it('offers the present value beside those of its list', () => {
    expect(optionsOf(of('list', ['a', 'b']), 'old').map(({ value }) => value)).toEqual([
      null,
      'a',
      'b',
      'old',
    ]);
    expect(optionsOf(of('list', ['a']), 'a').map(({ value }) => value)).toEqual([null, 'a']);
  });

  it('leads to web addresses only', () => {
    expect(toLink('https://a.test')).toBe('https://a.test');
    expect([toLink('javascript:alert(1)'), toLink(3)]).toEqual([undefined, undefined]);
  });
});
