/** The list of messages: days, groups, older ones on scroll. Draws only what changed and keeps the reader's place. */
import type { Conversation, ConversationState, PendingMessage, ThreadMessage } from '@hoory/client';
import { h, place } from './dom.ts';
import { renderMessage, renderPending, type Shown, type Tick } from './message.ts';
import type { Language } from './words.ts';

/** Messages of one author within this many seconds belong together. */
const GROUP = 300;

interface Drawn {
  print: string;
  element: HTMLElement;
}

export class ThreadView {
  readonly element: HTMLElement;
  readonly #language: Language;
  #conversation: Conversation;
  #drawn = new Map<string, Drawn>();
  #delivered = new Set<number>();

  constructor(conversation: Conversation, language: Language) {
    this.#conversation = conversation;
    this.#language = language;
    const label = language.words.messages;
    this.element = h('div', {
      class: 'log',
      role: 'log',
      'aria-live': 'polite',
      'aria-label': label,
      tabindex: 0,
    });
    this.element.addEventListener('scroll', () => this.#loadWhenAtTop(), { passive: true });
  }

  /** Shows another conversation from now on. */
  follow(conversation: Conversation): void {
    this.#conversation = conversation;
    this.#drawn.clear();
  }

  /** The server told that a device of the agents' side has the message. */
  delivered(id: number): void {
    this.#delivered.add(id);
  }

  draw(state: ConversationState): void {
    const { scrollHeight, scrollTop, clientHeight } = this.element;
    const fromEnd = scrollHeight - scrollTop;
    const isAtEnd = fromEnd - clientHeight < 80;
    const pendingBefore = [...this.#drawn.keys()].filter((key) => key.startsWith('pending')).length;
    const next = new Map<string, Drawn>();
    const all = [...state.messages, ...state.pending];
    if (!state.messages.length && !state.loading)
      this.#put(next, 'greeting', '', () =>
        h('div', { class: 'row first' }, h('div', { class: 'bubble' }, this.#language.words.greeting)),
      );
    all.forEach((message, at) => {
      const before = all[at - 1];
      const after = all[at + 1];
      if (!before || dayOf(before) !== dayOf(message)) this.#putDay(next, message);
      const first = !before || !isSameGroup(before, message);
      const last = !after || !isSameGroup(message, after);
      const shown = { words: this.#language.words, tag: this.#language.tag, first, last };
      if ('id' in message) this.#putMessage(next, message, shown, state);
      else this.#putPending(next, message, shown);
    });
    this.#drawn = next;
    place(
      this.element,
      [...next.values()].map(({ element }) => element),
    );
    const wasSent = state.pending.length > pendingBefore;
    this.element.scrollTop = isAtEnd || wasSent ? this.element.scrollHeight : this.#keep(scrollTop, fromEnd);
    this.element.setAttribute('aria-busy', String(state.loading));
  }

  /** Older messages came in above: the reader stays where they are. */
  #keep(scrollTop: number, fromEnd: number): number {
    return scrollTop < 80 ? this.element.scrollHeight - fromEnd : scrollTop;
  }

  #loadWhenAtTop(): void {
    // What could not be loaded is tried again at the next scroll.
    if (this.element.scrollTop < 80) this.#conversation.loadOlder().catch(() => {});
  }

  #put(next: Map<string, Drawn>, key: string, print: string, make: () => HTMLElement): void {
    const drawn = this.#drawn.get(key);
    next.set(key, drawn?.print === print ? drawn : { print, element: make() });
  }

  #putDay(next: Map<string, Drawn>, message: ThreadMessage | PendingMessage): void {
    const text = dayText(message, this.#language);
    this.#put(next, `day ${dayOf(message)}`, text, () => h('div', { class: 'day' }, text));
  }

  #putMessage(
    next: Map<string, Drawn>,
    message: ThreadMessage,
    shown: Shown,
    state: ConversationState,
  ): void {
    const delivered: Tick = this.#delivered.has(message.id) ? 'delivered' : 'sent';
    const tick = message.created_at <= state.agent_last_seen_at ? 'read' : delivered;
    const conversation = this.#conversation;
    const asking = {
      words: shown.words,
      submit: (values: Parameters<Conversation['submit']>[1]) => conversation.submit(message.id, values),
      say: (text: string) => void conversation.send(text),
    };
    const print = JSON.stringify([message, tick, shown.first, shown.last]);
    this.#put(next, `message ${message.id}`, print, () => renderMessage(message, tick, shown, asking));
  }

  #putPending(next: Map<string, Drawn>, message: PendingMessage, shown: Shown): void {
    const { echo_id, state, progress } = message;
    const conversation = this.#conversation;
    const unsent = {
      retry: () => void conversation.retry(echo_id),
      discard: () => void conversation.discard(echo_id),
    };
    const print = JSON.stringify([state, progress, shown.first]);
    this.#put(next, `pending ${echo_id}`, print, () => renderPending(message, shown, unsent));
  }
}

const dayOf = ({ created_at }: { created_at: number }) => new Date(created_at * 1000).toDateString();

function dayText(message: { created_at: number }, { tag, words }: Language): string {
  const day = dayOf(message);
  if (day === new Date().toDateString()) return words.today;
  if (day === new Date(Date.now() - 86_400_000).toDateString()) return words.yesterday;
  return new Date(message.created_at * 1000).toLocaleDateString(tag, { dateStyle: 'long' });
}

type Either = ThreadMessage | PendingMessage;

function isSameGroup(a: Either, b: Either): boolean {
  if (dayOf(a) !== dayOf(b) || b.created_at - a.created_at > GROUP) return false;
  return authorOf(a) === authorOf(b);
}

function authorOf(message: Either): string {
  if (message.message_type === 0) return 'own';
  const { sender } = message as ThreadMessage;
  return `${message.message_type === 2} ${sender?.type} ${sender?.id}`;
}
