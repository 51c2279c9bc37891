/** Finds the word after `/`, `@` or `:` right before the caret, and replaces it by a suggestion. Pure functions. */

const signs = ['/', '@', ':'] as const;

export interface Trigger {
  sign: (typeof signs)[number];
  /** The text typed after the sign. */
  query: string;
  /** Index of the sign. */
  start: number;
  /** Index of the caret. */
  end: number;
}

/** The trigger before the caret, if there is one. `:` needs two letters, so that a time of day or a smiley opens no list. */
export function triggerAt(text: string, caret: number): Trigger | undefined {
  const found = /(?:^|\s)([/@:])([\p{L}\p{N}_-]*)$/u.exec(text.slice(0, caret));
  if (!found) return undefined;
  const [, typed, query = ''] = found;
  const sign = signs.find((one) => one === typed);
  if (!sign || (sign === ':' && query.length < 2)) return undefined;
  return { sign, query, start: caret - query.length - 1, end: caret };
}

/** The text with `insert` in place of what was typed, and the index of the caret behind it. */
export function complete(
  text: string,
  { start, end }: Pick<Trigger, 'start' | 'end'>,
  insert: string,
): { text: string; caret: number } {
  return { text: text.slice(0, start) + insert + text.slice(end), caret: start + insert.length };
}
