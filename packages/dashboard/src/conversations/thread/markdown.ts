/** Text of messages as safe HTML: Markdown, links that open elsewhere, no pictures from other hosts, no scripts. */
import dompurify from 'dompurify';
import { Marked } from 'marked';

const purify = dompurify(window);

const marked = new Marked({
  gfm: true,
  breaks: true,
  renderer: {
    // What customers write is text: tags show as they were typed.
    html: ({ text }) => escapeHtml(text),
    // A picture would be fetched from anywhere, and tell there who reads.
    image: ({ href, text }) => `<a href="${escapeHtml(href)}">${escapeHtml(text || href)}</a>`,
    link({ href, tokens }) {
      const inner = this.parser.parseInline(tokens);
      if (href.startsWith('mention://')) return `<span class="mention">${inner}</span>`;
      return `<a href="${escapeHtml(href)}">${inner}</a>`;
    },
    heading({ tokens }) {
      return `<p><strong>${this.parser.parseInline(tokens)}</strong></p>`;
    },
  },
});

purify.addHook('afterSanitizeAttributes', (node) => {
  if (node.tagName !== 'A') return;
  node.setAttribute('target', '_blank');
  node.setAttribute('rel', 'noopener noreferrer nofollow');
});

const allowed = [
  'p',
  'br',
  'strong',
  'em',
  'del',
  'code',
  'pre',
  'ul',
  'ol',
  'li',
  'a',
  'blockquote',
  'hr',
  'span',
  'table',
  'thead',
  'tbody',
  'tr',
  'th',
  'td',
];

const known = new Map<string, string>();

/** The same text is made once. */
export function toHtml(text: string): string {
  const found = known.get(text);
  if (found !== undefined) return found;
  const html = purify.sanitize(marked.parse(text, { async: false }), {
    ALLOWED_TAGS: allowed,
    ALLOWED_ATTR: ['href', 'class', 'target', 'rel', 'start'],
    ALLOWED_URI_REGEXP: /^(https?:|mailto:|tel:)/i,
  });
  if (known.size > 2_000) known.clear();
  known.set(text, html);
  return html;
}

/** In one line, without the signs of Markdown. */
export const toPlainText = (text: string): string =>
  text
    .slice(0, 300)
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/(\*\*|__|~~|`+)/g, '')
    .replace(/^\s*(#{1,6}|>|[-*+]|\d+\.)\s+/gm, '')
    .replace(/\s+/g, ' ')
    .trim();

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
