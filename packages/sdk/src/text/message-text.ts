/** The text of a message as every screen shows it. */
import { parseMarkdown } from './markdown.ts';
import { parsePlainText } from './plain-text.ts';
import type { TextNode } from './text-node.ts';

/** The type of messages that the customer writes. */
const INCOMING = 0;

/**
 * Text of customers is shown as typed, with links and code fences; text of the company and its notes is Markdown.
 * Any text is accepted, nothing is thrown, and the time is linear in its length.
 */
export function parseMessageText(message: { content: string | null; message_type: number }): TextNode[] {
  const text = message.content ?? '';
  return message.message_type === INCOMING ? parsePlainText(text) : parseMarkdown(text);
}
