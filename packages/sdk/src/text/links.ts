/** Links in text: which addresses may be opened, and where an address that stands in a sentence ends. */
import { type TextElement, type TextNode, toElement } from './text-node.ts';

/**
 * A bare link: group 1 is an address of the web, group 2 one of e-mail. Letters of other scripts may stand before it.
 * Besides space, quotes and `<>`, an address ends before punctuation of Chinese, Japanese, Arabic and Hindi, which is
 * written without a space, and before invisible characters, which hide where a link leads. The parts of the pattern are
 * bounded or disjoint, so that a search takes linear time.
 */
export const bareLink =
  /(?<![a-z\d])((?:https?:\/\/|(?<![\w.])www\.)[\p{L}\d][^\s<>"`«»،؛؟।‘-‟…、。〃〈-】〔-〟！-／：-＠［-］｛-･\p{Cf}]*)|(?<![a-z\d.+@/:-])([\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+)/giu;

/** Splits `text` into strings and the bare links between them; all text stays. */
export function splitLinks(text: string): TextNode[] {
  const nodes: TextNode[] = [];
  let from = 0;
  for (const { 1: web, 2: email, index } of text.matchAll(bareLink)) {
    const [link, end] = readBareLink(web, email, index);
    nodes.push(text.slice(from, index), link);
    from = end;
  }
  nodes.push(text.slice(from));
  return nodes.filter(Boolean);
}

/**
 * @param web group 1 of `bareLink`, @param email its group 2, @param index where it begins
 * @returns the link, and the index of the first character after it
 */
export function readBareLink(web = '', email = '', index = 0): [TextElement, number] {
  const address = web ? trimAddress(web) : email;
  const href = web ? toHref(address)! : `mailto:${email}`;
  return [toLink(href, [address]), index + address.length];
}

/** The address that may be opened: of http, https, mailto or tel; `www.` is short for https. */
export function toHref(address: string): string | undefined {
  if (/^www\./i.test(address)) return `https://${address}`;
  return /^(https?:|mailto:|tel:)/i.test(address) ? address : undefined;
}

/** Opens in another tab, which learns nothing of this page. */
export const toLink = (href: string, children: TextNode[]): TextElement =>
  toElement('a', children, { href, target: '_blank', rel: 'noopener noreferrer nofollow' });

/** Ends before a bracket that was opened outside of the address, and before the punctuation of the sentence. */
function trimAddress(address: string): string {
  const open: string[] = [];
  let end = 0;
  for (const sign of address) {
    const at = ')]}'.indexOf(sign);
    if (at >= 0 && open.pop() !== '([{'[at]) break;
    if ('([{'.includes(sign)) open.push(sign);
    end += sign.length;
  }
  while (`.,:;!?'*_~([{|\\`.includes(address[end - 1]!)) end--;
  return address.slice(0, end);
}
