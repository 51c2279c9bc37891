/** Creates elements without templates: text is set as text, so that content of a message never becomes markup. */

import type { TextNode } from '@hoory/client';

/** Takes any kind of event, as the listeners of the DOM do: TypeScript compares the parameters of a method in both directions. */
type Listener = { handle(event: Event): void }['handle'];
type Prop = string | number | boolean | undefined | Listener;
export type Child = Node | string | false | undefined;

/** An element; functions are listeners by event name, `true` is an attribute without value, `false` is left out. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  props: string | Record<string, Prop> = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(typeof props === 'string' ? { class: props } : props)) {
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (value !== undefined && value !== false)
      element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.filter((child) => child !== false && child !== undefined));
  return element;
}

/** Adds the text of a message. One by one: as arguments of one call a long text would exceed the stack. */
export function drawText(parent: Element, nodes: readonly TextNode[]): void {
  for (const node of nodes) {
    if (typeof node === 'string') parent.append(node);
    else {
      const element = h(node.tag, node.attributes);
      drawText(element, node.children);
      parent.append(element);
    }
  }
}

/** A link that opens in another tab, which learns nothing of this page. */
export const link = (href: string, label: string): HTMLElement =>
  h('a', { href, target: '_blank', rel: 'noopener noreferrer nofollow' }, label);

/** A drawing of 24 x 24 from one path; hidden from screen readers, so its button needs a label. */
export function icon(path: string): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  line.setAttribute('d', path);
  svg.append(line);
  return svg;
}

export const icons = {
  chat: 'M21 12a8 8 0 0 1-8 8H4l2-3.2A8 8 0 1 1 21 12Z',
  close: 'M6 6l12 12M18 6L6 18',
  attach: 'M20 11l-8.5 8.5a5 5 0 0 1-7-7L13 4a3.3 3.3 0 0 1 4.7 4.7l-8.5 8.4a1.6 1.6 0 0 1-2.3-2.3L14.5 7',
  camera: 'M4 8h3l2-3h6l2 3h3v11H4ZM12 16.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Z',
  send: 'M12 20V5M5 12l7-7 7 7',
};

/** The address if its scheme cannot run code, else undefined. */
export function safeUrl(address: unknown): string | undefined {
  return typeof address === 'string' && /^(https?:|mailto:|tel:)/i.test(address.trim())
    ? address.trim()
    : undefined;
}

/** Address of a chosen picture, until it is revoked; undefined for what most browsers cannot draw. */
export const pictureUrl = (file: File): string | undefined =>
  /^image\/(?!hei|tif)/.test(file.type) ? URL.createObjectURL(file) : undefined;

/** Makes `nodes` the children of `parent`, touching only those that moved: focus and half-filled forms stay. */
export function place(parent: Element, nodes: readonly Element[]): void {
  const kept = new Set(nodes);
  for (const child of [...parent.children]) if (!kept.has(child)) child.remove();
  nodes.forEach((node, at) => {
    if (parent.children[at] !== node) parent.insertBefore(node, parent.children[at] ?? null);
  });
}
