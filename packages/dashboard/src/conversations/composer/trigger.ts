/** What is being typed after `/`, `@` or `:` right before the caret. Plain decisions. */

export interface Trigger {
  sign: '/' | '@' | ':';
  /** After the sign. */
  query: string;
  /** Where the sign stands. */
  start: number;
  end: number;
}

/** `:` wants two letters, so that a time of day or a smiley opens nothing. */
export function triggerAt(text: string, caret: number): Trigger | undefined {
  const found = /(?:^|\s)([/@:])([\p{L}\p{N}_-]*)$/u.exec(text.slice(0, caret));
  if (!found) return undefined;
  const [, sign, query = ''] = found;
  if (sign === ':' && query.length < 2) return undefined;
  return { sign: sign as Trigger['sign'], query, start: caret - query.length - 1, end: caret };
}

/** The text with something in place of what was typed, and where the caret then is. */
export function complete(
  text: string,
  { start, end }: Pick<Trigger, 'start' | 'end'>,
  insert: string,
): { text: string; caret: number } {
  return { text: text.slice(0, start) + insert + text.slice(end), caret: start + insert.length };
}
