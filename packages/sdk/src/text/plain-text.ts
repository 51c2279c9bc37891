/** Text as it was typed: only links and code fences are recognised. */
import { findFences, toCodeBlock } from './fences.ts';
import { splitLinks } from './links.ts';
import type { TextNode } from './text-node.ts';

/** Keeps every character except the two lines of a code fence. Takes time linear in the length of `text`. */
export function parsePlainText(text: string): TextNode[] {
  const lines = toLines(text);
  const textBetween = (start: number, end: number) => splitLinks(lines.slice(start, end).join('\n'));
  let from = 0;
  const nodes = [...findFences(lines)].flatMap(([start, end]) => {
    const before = textBetween(from, start);
    from = end + 1;
    return [...before, toCodeBlock(lines, start, end)];
  });
  return [...nodes, ...textBetween(from, lines.length)];
}

export const toLines = (text: string): string[] => text.split(/\r\n?|\n/);
