/** The tree that message text is parsed into: the same for every screen, and free of markup. */

/** Elements that a message can contain. A parser never produces another one. */
export type TextTag =
  | 'a'
  | 'blockquote'
  | 'code'
  | 'del'
  | 'div'
  | 'em'
  | 'li'
  | 'ol'
  | 'p'
  | 'pre'
  | 'span'
  | 'strong'
  | 'ul';

/** `attributes` has names and values as HTML spells them: `href`, `target`, `rel`, `class`, `tabindex`. */
export interface TextElement {
  tag: TextTag;
  attributes: Readonly<Record<string, string>>;
  children: TextNode[];
}

/** A string is text as it is shown, line breaks included: draw it with `white-space: pre-wrap`. */
export type TextNode = string | TextElement;

export const toElement = (
  tag: TextTag,
  children: TextNode[],
  attributes: TextElement['attributes'] = {},
): TextElement => ({ tag, attributes, children });

/** The text without its elements. Each block ends its line. */
export function textOf(nodes: readonly TextNode[]): string {
  const text = nodes.map((node) => {
    if (typeof node === 'string') return node;
    const isBlock = node.tag === 'p' || node.tag === 'pre';
    return textOf(node.children) + (isBlock ? '\n' : '');
  });
  return text.join('');
}
