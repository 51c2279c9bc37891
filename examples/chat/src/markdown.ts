/** The markdown of messages: bold, italic, code, links, lists. Makes nodes, never markup, so nothing needs escaping. */
import { h, safeUrl } from './dom.ts';

const inline =
  /`([^`\n]+)`|\*\*(.+?)\*\*|\[([^\]\n]+)\]\(([^)\s]+)\)|(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]])|\*([^*\s][^*\n]*)\*|(?<!\w)_([^_\s][^_\n]*)_(?!\w)/g;

/** The blocks of a message. */
export function renderMarkdown(text: string): Node[] {
  const blocks: Node[] = [];
  for (const part of text.split(/```(?:\w*\n)?([\s\S]*?)```/).entries()) {
    const [at, source] = part;
    if (at % 2) blocks.push(h('pre', { tabindex: 0 }, source.replace(/\n$/, '')));
    else blocks.push(...renderBlocks(source));
  }
  return blocks;
}

function renderBlocks(text: string): Node[] {
  const blocks: HTMLElement[] = [];
  let open = false;
  for (const line of text.split(/\r?\n/)) {
    const item = /^\s*(?:[-*+]|(\d+)[.)])\s+(.*)$/.exec(line);
    const last = blocks.at(-1);
    if (item) {
      const tag = item[1] ? 'ol' : 'ul';
      const isSame = open && last?.localName === tag;
      const list = isSame ? last : h(tag, item[1] ? { start: item[1] } : {});
      if (!isSame) blocks.push(list);
      list.append(h('li', {}, ...renderInline(item[2] ?? '')));
      open = true;
    } else if (!line.trim()) open = false;
    else if (open && last?.localName === 'p') last.append(h('br'), ...renderInline(line));
    else {
      blocks.push(h('p', {}, ...renderInline(line)));
      open = true;
    }
  }
  return blocks;
}

function renderInline(text: string): (Node | string)[] {
  const nodes: (Node | string)[] = [];
  let from = 0;
  for (const match of text.matchAll(inline)) {
    const [whole, code, bold, label, address, bare, italic, slanted] = match;
    nodes.push(text.slice(from, match.index));
    from = match.index + whole.length;
    const url = safeUrl(address ?? bare);
    const leaning = italic ?? slanted;
    if (code) nodes.push(h('code', {}, code));
    else if (bold) nodes.push(h('strong', {}, ...renderInline(bold)));
    else if (leaning) nodes.push(h('em', {}, ...renderInline(leaning)));
    else nodes.push(url ? link(url, label ?? url) : whole);
  }
  nodes.push(text.slice(from));
  return nodes.filter((node) => node !== '');
}

/** A link that leaves the chat where it is and tells the other site nothing about it. */
export function link(url: string, label: string): HTMLAnchorElement {
  return h('a', { href: url, target: '_blank', rel: 'noopener noreferrer nofollow' }, label);
}
