/** Where people's text may be cut: between characters as people see them (grapheme clusters). */

/**
 * At most `most` characters of a text, counted in code points as `maxLength` of a schema counts them. Nothing that people see
 * as one character is split, unless it alone is longer than that.
 */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  let end = 0;
  for (let count = 0; count < most && end < text.length; count++)
    end += (text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1;
  if (end >= text.length) return text;
  // A cluster that goes on at `end` is seen with one more code point.
  const cluster = new Intl.Segmenter().segment(text.slice(0, end + 2)).containing(end);
  return text.slice(0, cluster?.index || end);
}

/** The first character of a text as people see it; empty for an empty text. */
export const firstCharacter = (text: string): string => {
  for (const { segment } of new Intl.Segmenter().segment(text)) return segment;
  return '';
};
