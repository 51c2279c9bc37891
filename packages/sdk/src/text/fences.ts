/** Code fences: the one block that both kinds of text have. */
import { type TextElement, toElement } from './text-node.ts';

/** Three backticks or more by themselves or with the name of a language; anything else in the line is text. */
const fence = /^ {0,3}(`{3,})([\w+#.-]*)\s*$/;

/** Maps the number of each opening line to that of its closing line. A fence that is not closed is text. */
export function findFences(lines: readonly string[]): Map<number, number> {
  const fences = new Map<number, number>();
  let start = 0;
  let opened = '';
  for (const [at, line] of lines.entries()) {
    const [, marks, language] = fence.exec(line) ?? [];
    if (marks && !opened) {
      start = at;
      opened = marks;
    } else if (marks && !language && marks >= opened) {
      fences.set(start, at);
      opened = '';
    }
  }
  return fences;
}

/** The lines between two fences. A long line scrolls, also by key. */
export const toCodeBlock = (lines: readonly string[], start: number, end: number): TextElement =>
  toElement('pre', [lines.slice(start + 1, end).join('\n')], { tabindex: '0' });
