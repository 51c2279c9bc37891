/** The text of messages: plain text with links from customers, Markdown from the company. */
import { parseMarkdown, parseMessageText, type TextNode } from '@hoory/client';
import { createElement, type ReactNode, useMemo } from 'react';

/** Parsed again only when text or type change. */
export function MessageText({ message }: { message: { content: string | null; message_type: number } }) {
  const { content, message_type } = message;
  const nodes = useMemo(() => parseMessageText({ content, message_type }), [content, message_type]);
  return <Prose nodes={nodes} />;
}

/** For text of agents: notes, and messages that are not sent yet. */
export function MarkdownText({ text }: { text: string }) {
  const nodes = useMemo(() => parseMarkdown(text), [text]);
  return <Prose nodes={nodes} />;
}

/** `dir=auto` gives each text the direction of its own language. */
function Prose({ nodes }: { nodes: readonly TextNode[] }) {
  return (
    <div dir="auto" className="prose">
      {draw(nodes)}
    </div>
  );
}

/**
 * Makes React elements of the parsed nodes. The parser of the SDK allows a fixed set of tags and addresses, so no HTML is
 * inserted.
 */
const draw = (nodes: readonly TextNode[]): ReactNode[] | undefined =>
  nodes.length
    ? nodes.map((node, key) => {
        if (typeof node === 'string') return node;
        const { class: className, tabindex: tabIndex, ...attributes } = node.attributes;
        return createElement(node.tag, { ...attributes, className, tabIndex, key }, draw(node.children));
      })
    : undefined;
