/** Draws one message: author, text, files, form or choices, time and delivery state. */
import {
  type Attachment,
  firstCharacter,
  type PendingMessage,
  parseMessageText,
  type ThreadMessage,
} from '@hoory/client';
import { drawText, h, safeUrl } from './dom.ts';
import { type Asking, renderInteractive } from './interactive.ts';
import type { Words } from './words.ts';

/** Delivery state of a message of the customer. */
export type Tick = 'sent' | 'delivered' | 'read';

export interface Shown {
  words: Words;
  /** Language tag for times. */
  tag: string;
}

/**
 * The row always contains face, name and time; CSS classes show them for the first or last row of a group. A new message
 * then changes classes only: half-filled forms stay, and screen readers announce nothing twice.
 */
export function renderMessage(message: ThreadMessage, tick: Tick, shown: Shown, asking: Asking): HTMLElement {
  if (message.message_type === 2) return h('p', 'activity', message.content ?? '');
  const own = message.message_type === 0;
  // The author knows the message: screen readers do not announce it.
  const row = h('div', { class: own ? 'row own' : 'row', ...(own && { 'aria-live': 'off' }) });
  if (own) row.append(h('span', 'sr', shown.words.you));
  else row.append(renderFace(message));
  if (!own && message.sender) row.append(h('div', 'name', message.sender.name));
  if (message.content) row.append(renderText(message));
  for (const attachment of message.attachments ?? []) row.append(renderAttachment(attachment, shown.words));
  row.append(...renderInteractive(message, asking));
  const time = new Date(message.created_at * 1000);
  const clock = time.toLocaleTimeString(shown.tag, { hour: 'numeric', minute: '2-digit' });
  const ticks = own ? ` · ${tick === 'sent' ? '✓' : '✓✓'} ${shown.words[tick]}` : '';
  row.append(h('div', 'state time', h('time', { datetime: time.toISOString() }, clock), ticks));
  return row;
}

export interface Unsent {
  /** Addresses of its pictures, in the order of its files. */
  previews: readonly (string | undefined)[];
  retry(): void;
  discard(): void;
}

/** A message the server has not taken yet. */
export function renderPending(message: PendingMessage, { words }: Shown, unsent: Unsent): HTMLElement {
  const row = h('div', { class: 'row own fresh', 'aria-live': 'off' });
  if (message.content) row.append(renderText(message));
  message.files.forEach(({ name }, at) => {
    const src = unsent.previews[at];
    row.append(src ? h('div', 'picture', h('img', { src, alt: name })) : h('div', 'file', name));
  });
  const discard = h('button', { click: unsent.discard }, words.discard);
  if (message.state === 'failed') {
    const why = whyFailed(message, words);
    // A message without text whose files are lost has nothing to send.
    const canRetry = message.content || why !== words.lost;
    const retry = canRetry ? h('button', { click: unsent.retry }, words.retry) : '';
    row.append(h('div', { class: 'state failed', role: 'alert' }, `${why} `, retry, discard));
  } else if (message.state === 'queued') row.append(h('div', 'state', words.queued, discard));
  else {
    const isLong = message.files.length > 0;
    const percent = h('span', 'percent');
    row.append(h('div', 'state', words.sending, isLong && percent, isLong && discard));
  }
  return row;
}

function renderText(message: ThreadMessage | PendingMessage): HTMLElement {
  const bubble = h('div', { class: 'bubble', dir: 'auto' });
  drawText(bubble, parseMessageText(message));
  return bubble;
}

function whyFailed({ error }: PendingMessage, words: Words): string {
  if (error?.code === 'attachments_lost') return words.lost;
  return error?.code === 'too_large' ? words.tooLarge : words.failed;
}

function renderFace({ sender }: ThreadMessage): HTMLElement {
  const address = sender && ('avatar_url' in sender ? sender.avatar_url : sender.thumbnail);
  const url = safeUrl(address);
  if (url) return h('img', { class: 'face', src: url, alt: '' });
  return h('span', { class: 'face', 'aria-hidden': 'true' }, (sender && firstCharacter(sender.name)) || '•');
}

function renderAttachment(attachment: Attachment, words: Words): HTMLElement {
  const url = safeUrl('data_url' in attachment ? attachment.data_url : undefined);
  const title = ('fallback_title' in attachment && attachment.fallback_title) || nameOf(url) || words.file;
  if (!url) return h('div', 'file', title);
  if (attachment.file_type === 'audio' || attachment.file_type === 'video')
    return h(attachment.file_type, { src: url, controls: true, preload: 'none', 'aria-label': title });
  const isPicture = attachment.file_type === 'image';
  const picture = isPicture && h('img', { src: safeUrl(attachment.thumb_url) ?? url, alt: title });
  const target = { href: url, target: '_blank', rel: 'noopener noreferrer' };
  return h('a', { class: isPicture ? 'picture' : 'file', ...target }, picture || title);
}

/** The file's name is the end of its address. */
function nameOf(url: string | undefined): string | undefined {
  try {
    return url && decodeURIComponent(new URL(url).pathname.split('/').at(-1) ?? '');
  } catch {
    return undefined;
  }
}
