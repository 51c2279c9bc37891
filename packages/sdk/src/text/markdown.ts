/**
 * Markdown as people write it in messages: paragraphs with their line breaks, lists with the numbers that were typed,
 * quotes, headings (as bold lines), code, links, bold, italic, struck out. No HTML, no pictures, no tables, no rules.
 */
import { findFences, toCodeBlock } from './fences.ts';
import { parseInline } from './inline.ts';
import { toLines } from './plain-text.ts';
import { type TextElement, toElement } from './text-node.ts';

/** Lists and quotes within each other; what lies deeper is shown as typed. Bounds the stack and the time. */
const DEEPEST = 6;

const heading = /^ {0,3}#{1,6}\s+(\S.*)/;
const quote = /^ {0,3}> ?/;
const item = /^(\s*)([-*+]|\d{1,9}[.)])\s+(?=\S)/;

/** Takes time linear in the length of `text`. */
export const parseMarkdown = (text: string): TextElement[] => parseBlocks(toLines(text), 0);

function parseBlocks(lines: readonly string[], depth: number): TextElement[] {
  const blocks: TextElement[] = [];
  const fences = findFences(lines);
  let paragraph: string[] = [];
  let at = 0;
  const endParagraph = () => {
    if (paragraph.length) blocks.push(toElement('p', parseInline(paragraph.join('\n'))));
    paragraph = [];
  };
  const takeWhile = (isOwn: (line: string) => boolean) => {
    const from = at;
    while (at < lines.length && isOwn(lines[at]!)) at++;
    return lines.slice(from, at);
  };
  while (at < lines.length) {
    const line = lines[at]!;
    const fenceEnd = fences.get(at);
    const title = heading.exec(line)?.[1];
    const [prefix, indent = '', marker = ''] = (depth < DEEPEST && item.exec(line)) || [];
    if (prefix || fenceEnd || title || !line.trim() || quote.test(line)) endParagraph();
    if (fenceEnd) {
      blocks.push(toCodeBlock(lines, at, fenceEnd));
      at = fenceEnd + 1;
    } else if (depth < DEEPEST && quote.test(line)) {
      const quoted = takeWhile((next) => quote.test(next)).map((next) => next.replace(quote, ''));
      blocks.push(toElement('blockquote', parseBlocks(quoted, depth + 1)));
    } else {
      at++;
      if (prefix) {
        // Lines below that are indented, and empty ones, belong to the item.
        const below = takeWhile((next) => !next.trim() || indentOf(next) >= indent.length + 2);
        const own = below.map((next) => next.slice(Math.min(indentOf(next), prefix.length)));
        addItem(blocks, marker, parseBlocks([line.slice(prefix.length), ...own], depth + 1));
      } else if (title) blocks.push(toElement('p', [toElement('strong', parseInline(title))]));
      else if (line.trim()) paragraph.push(line);
    }
  }
  endParagraph();
  return blocks;
}

/** A number is text, so that it is shown, and copied, as it was typed. */
function addItem(blocks: TextElement[], marker: string, children: TextElement[]): void {
  const isNumber = marker.length > 1;
  const tag = isNumber ? 'ol' : 'ul';
  const content = isNumber ? [toElement('span', [`${marker} `]), toElement('div', children)] : children;
  const last = blocks.at(-1);
  const list = last?.tag === tag ? last : toElement(tag, []);
  list.children.push(toElement('li', content));
  if (list !== last) blocks.push(list);
}

const indentOf = (line: string): number => line.length - line.trimStart().length;
