/** What a message says, as the Markdown that it may be. */
import { toHtml } from './markdown.ts';

export function MessageText({ text }: { text: string }) {
  // biome-ignore lint/security/noDangerouslySetInnerHtml: made safe in markdown.ts
  return <div dir="auto" className="prose" dangerouslySetInnerHTML={{ __html: toHtml(text) }} />;
}
