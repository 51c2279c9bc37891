/** Parses the Markdown inside one paragraph: code, emphasis, links. */
import { bareLink, readBareLink, toHref, toLink } from './links.ts';
import { type TextNode, type TextTag, toElement } from './text-node.ts';

/** Group 1 is an escaped sign, 3 is code, 4 is a run of signs that begin or end something. */
const marks = /\\([\\`*_~[\]()#>+.!-])|(?<!`)(`{1,3})(?!`)(.+?)(?<!`)\2(?!`)|(\*+|_+|~+)/.source;
/** `[label](address "title")`, with brackets one deep in both. Groups 7 and 8, after the two of a bare link. */
const labelled =
  /!?\[([^[\]\n\\]*(?:(?:\\.|\[[^[\]\n]*\])[^[\]\n\\]*)*)\]\(([^\s<>()]*(?:\([^\s<>()]*\)[^\s<>()]*)*)(?: "[^"\n]*")?\)/
    .source;

const inline = new RegExp(`${marks}|${bareLink.source}|${labelled}`, 'giu');
const inLabel = new RegExp(marks, 'gu');

/** Text, with its line breaks, of one paragraph. Takes linear time, and nests at most one element of each mark. */
export const parseInline = (text: string): TextNode[] => parse(text, inline);

function parse(text: string, pattern: RegExp): TextNode[] {
  pattern.lastIndex = 0;
  const nodes: TextNode[] = [];
  const open: OpenMarks = new Map();
  let from = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const [whole, escaped, , code, run, web, email, label, address = ''] = match;
    const { index } = match;
    nodes.push(text.slice(from, index));
    from = index + whole.length;
    if (run) addMark(nodes, open, { run, before: text[index - 1] ?? ' ', after: text[from] ?? ' ' });
    else if (code) nodes.push(toElement('code', [code.trim() || code]));
    else if (web || email) {
      const [link, end] = readBareLink(web, email, index);
      nodes.push(link);
      from = end;
    } else nodes.push(escaped ?? toLabelledLink(label || address, address) ?? whole);
    pattern.lastIndex = from;
  }
  nodes.push(text.slice(from));
  return nodes.filter(Boolean);
}

/** @returns undefined for an address that may not be opened: the text stays as it was typed */
function toLabelledLink(label: string, address: string): TextNode | undefined {
  const href = toHref(address);
  if (href) return toLink(href, parse(label, inLabel));
  return address.startsWith('mention:') ? toElement('span', [label], { class: 'mention' }) : undefined;
}

const tags: Record<string, TextTag> = {
  '*': 'em',
  '**': 'strong',
  '***': 'strong',
  _: 'em',
  __: 'strong',
  '~~': 'del',
};

/** Maps a mark to the index, in the list of nodes, of its node that can still be closed. */
type OpenMarks = Map<string, number>;

interface Mark {
  run: string;
  /** The characters beside it; a space at the ends of the text. */
  before: string;
  after: string;
}

/** Closes what the same mark opened, else opens it. Marks that are not closed, or not in pairs, stay text. */
function addMark(nodes: TextNode[], open: OpenMarks, { run, before, after }: Mark): void {
  const tag = tags[run];
  const isMark = tag && !isInWord(run, before + after);
  const start = isMark && before.trim() ? open.get(run) : undefined;
  if (tag && start !== undefined) {
    const children = nodes.splice(start + 1).filter(Boolean);
    nodes[start] = toElement(tag, run.length > 2 ? [toElement('em', children)] : children);
    for (const [other, index] of open) if (index >= start) open.delete(other);
  } else {
    if (isMark && after.trim()) open.set(run, nodes.length);
    nodes.push(run);
  }
}

/** `snake_case` and `2*3*4` mean themselves. Scripts without spaces between words do use `*` within them. */
const isInWord = (run: string, sides: string): boolean =>
  run[0] === '_' ? /^[\p{L}\p{N}]{2}$/u.test(sides) : run === '*' && /^[a-z\d]{2}$/i.test(sides);
