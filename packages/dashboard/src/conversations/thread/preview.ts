/** A message in one line, for lists and quotes. */
import { cut, parseMessageText, textOf } from '@hoory/client';

/** More never fits into one line; cutting first keeps a long message from being parsed for every row. */
const MAX_CHARACTERS = 300;

/** The text without its markup, in one line; empty for a message that has only files. */
export function toPreview({
  content,
  message_type,
}: {
  content: string | null;
  message_type: number;
}): string {
  const start = cut(content ?? '', MAX_CHARACTERS);
  return textOf(parseMessageText({ content: start, message_type }))
    .replace(/\s+/g, ' ')
    .trim();
}
