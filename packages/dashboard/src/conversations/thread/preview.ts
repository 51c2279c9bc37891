/** Messages in one line, for lists and quotes. */
import { cut, parseMessageText, textOf } from '@hoory/client';

/** More is never seen in one line. */
const MAX_CHARACTERS = 300;

/** One line of a message for lists and quotes; empty when it has only files. */
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
