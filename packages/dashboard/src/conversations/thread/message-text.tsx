/** The text of a message: of customers as typed, of the company as Markdown. */
import { parseMarkdown, parseMessageText, type TextNode } from '@hoory/client';
import { createElement, type ReactNode, useMemo } from 'react';

export function MessageText({ message }: { message: { content: string | null; message_type: number } }) {
  const { content, message_type } = message;
  const nodes = useMemo(() => parseMessageText({ content, message_type }), [content, message_type]);
  return <Prose nodes={nodes} />;
}

/** What agents write: notes, and messages that are not sent yet. */
export function MarkdownText({ text }: { text: string }) {
  const nodes = useMemo(() => parseMarkdown(text), [text]);
  return <Prose nodes={nodes} />;
}

function Prose({ nodes }: { nodes: readonly TextNode[] }) {
  return (
    <div dir="auto" className="prose">
      {draw(nodes)}
    </div>
  );
}

const draw = (nodes: readonly TextNode[]): ReactNode[] | undefined =>
  nodes.length
    ? nodes.map((node, key) => {
        if (typeof node === 'string') return node;
        const { class: className, tabindex: tabIndex, ...attributes } = node.attributes;
        return createElement(node.tag, { ...attributes, className, tabIndex, key }, draw(node.children));
      })
    : undefined;
