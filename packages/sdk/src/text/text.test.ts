/** The two parsers of message text: cases that every screen shares, and what holds for any text. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linkedTexts, markdownTexts, typedTexts } from '../../test/text-cases.ts';
import { parseMarkdown } from './markdown.ts';
import { parseMessageText } from './message-text.ts';
import { parsePlainText } from './plain-text.ts';
import { type TextElement, type TextNode, textOf } from './text-node.ts';

const parsers = { typed: parsePlainText, Markdown: parseMarkdown };

const toHtml = (nodes: readonly TextNode[]): string =>
  nodes
    .map((node) => (typeof node === 'string' ? node : `<${node.tag}>${toHtml(node.children)}</${node.tag}>`))
    .join('');

const elementsOf = (nodes: readonly TextNode[]): TextElement[] =>
  nodes.flatMap((node) => (typeof node === 'string' ? [] : [node, ...elementsOf(node.children)]));

const addressesOf = (nodes: readonly TextNode[]) =>
  elementsOf(nodes).flatMap(({ attributes: { href } }) => href ?? []);

describe('text of a customer', () => {
  it.each(typedTexts)('is shown as typed: %j', (typed) => {
    expect(toHtml(parsePlainText(typed))).toBe(typed);
  });

  it('has code between fences', () => {
    expect(toHtml(parsePlainText('a\n```js\n*b*\n```\nc'))).toBe('a<pre>*b*</pre>c');
    expect(toHtml(parsePlainText('a\r\nb\rc'))).toBe('a\nb\nc');
  });
});

describe('text of the company', () => {
  it.each(markdownTexts)('is Markdown: %j', (typed, shown) => {
    expect(toHtml(parseMarkdown(typed))).toBe(shown);
  });

  it('is chosen by the type of the message', () => {
    const show = (message_type: number) => toHtml(parseMessageText({ content: '*a*', message_type }));
    expect([0, 1, 2, 3].map(show)).toEqual(['*a*', ...Array(3).fill('<p><em>a</em></p>')]);
    expect(parseMessageText({ content: null, message_type: 0 })).toEqual([]);
  });

  it('is a line for each block in previews', () => {
    expect(textOf(parseMarkdown('**Hi**\n\n1001. blue\n1005. red'))).toBe('Hi\n1001. blue\n1005. red\n');
  });
});

describe.each(Object.entries(parsers))('links in %s text', (_, parse) => {
  it.each(linkedTexts)('are found in %j', (typed, addresses) => {
    expect(addressesOf(parse(typed))).toEqual(addresses);
  });

  it('open in another tab that learns nothing of this page', () => {
    const [link] = elementsOf(parse('https://x.test')).filter(({ tag }) => tag === 'a');
    expect(link?.attributes).toEqual({
      href: 'https://x.test',
      target: '_blank',
      rel: 'noopener noreferrer nofollow',
    });
  });
});

/** Pieces that mean something to one of the parsers, in any order, and any text between them. */
const pieces = [
  ...[
    '*',
    '**',
    '***',
    '_',
    '__',
    '~~',
    '`',
    '``',
    '```',
    '```js',
    '\\',
    '[',
    ']',
    '](',
    '(',
    ')',
    '<',
    '>',
    '"',
  ],
  ...['\n', '\r\n', '\n\n', '  ', '> ', '- ', '1. ', '1001) ', '# ', '---', '|', '&amp;', '<b>', '</p>', ' '],
  ...[
    'https://',
    'http://a.b/c',
    'www.a.b',
    'a@b.c',
    'javascript:alert(1)',
    'data:x',
    'mention://',
    'mailto:',
    '![',
  ],
  ...['。', '（', '）', '」', '中文', 'عربي', '😀', '\u200d', '\u202e', '\0', '\ud800', 'word', 'x'],
];
const text = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...pieces) },
      fc.string({ unit: 'binary', maxLength: 5 }),
    ),
  )
  .map((parts) => parts.join(''));

const allowed = /^(a|blockquote|code|del|div|em|li|ol|p|pre|span|strong|ul)$/;

describe.each(Object.entries(parsers))('any %s text', (_, parse) => {
  it('becomes allowed elements with allowed addresses, nested a bounded depth', () => {
    const depthOf = (nodes: readonly TextNode[]): number =>
      Math.max(0, ...nodes.map((node) => (typeof node === 'string' ? 0 : 1 + depthOf(node.children))));
    fc.assert(
      fc.property(text, (typed) => {
        const nodes = parse(typed);
        for (const { tag, attributes } of elementsOf(nodes)) {
          expect(tag).toMatch(allowed);
          expect(attributes.href ?? 'tel:').toMatch(/^(https?|mailto|tel):/i);
        }
        expect(depthOf(nodes)).toBeLessThan(32);
      }),
      { numRuns: 2_000 },
    );
  });

  const longest = 150_000;
  it.each([
    ...pieces,
    '**a ',
    '*a **b ',
    '[a](',
    '[a](x',
    '[\\[',
    '`a',
    '``a',
    '_a',
    'a.',
    'https://(',
    'a@',
    '- a\n',
    '```js\n',
  ])('takes no time that grows with the square of its length: %j', { timeout: 10_000 }, (piece) => {
    const flat = piece.repeat(longest / piece.length);
    const stairs = Array.from({ length: 500 }, (_, at) => ' '.repeat(at) + piece).join('\n');
    for (const typed of [flat, `${flat}x`, `[${flat}`, `a\n${flat.replaceAll(' ', '\n')}`, stairs])
      expect(textOf(parse(typed)).length).toBeLessThanOrEqual(2 * typed.length + 1);
  });
});

describe('any text of a customer', () => {
  const fence = /^ {0,3}`{3,}[\w+#.-]*\s*$/;
  const toLines = (lines: string) => lines.split(/\r\n?|\n/).filter(Boolean);

  it('is shown character by character without fences', () => {
    const withoutFences = text.map((typed) => typed.replaceAll('```', '``\u00b4'));
    fc.assert(
      fc.property(withoutFences, (typed) => {
        expect(textOf(parsePlainText(typed))).toBe(typed.replace(/\r\n?/g, '\n'));
      }),
      { numRuns: 2_000 },
    );
  });

  it('loses no line but those of fences', () => {
    fc.assert(
      fc.property(text, (typed) => {
        const parts = parsePlainText(typed).map((node) =>
          typeof node !== 'string' && node.tag === 'pre' ? ['\n', node, '\n'] : [node],
        );
        const shown = toLines(textOf(parts.flat()));
        const lost = toLines(typed).filter((line) => (shown[0] === line ? !shown.shift() : true));
        expect(shown).toEqual([]);
        expect(lost.filter((line) => !fence.test(line))).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });
});
