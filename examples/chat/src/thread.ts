/** The list of messages: days, groups, older ones on scroll. Draws only what changed and keeps the reader's place. */
import type { Conversation, ConversationState, PendingMessage, ThreadMessage } from '@hoory/client';
import { isOffline } from './availability.ts';
import { h, pictureUrl, place } from './dom.ts';
import { renderMessage, renderPending, type Shown, type Tick } from './message.ts';
import type { Language } from './words.ts';

/** Messages of one author within this many seconds belong together. */
const GROUP = 300;

/** Pixels from the end within which the reader counts as being there. */
const END = 80;

interface Drawn {
  print: string;
  element: HTMLElement;
}

export class ThreadView {
  readonly element: HTMLElement;
  readonly #log: HTMLElement;
  readonly #latest: HTMLElement;
  readonly #language: Language;
  #conversation: Conversation;
  #drawn = new Map<string, Drawn>();
  #delivered = new Set<number>();
  /** Object URLs of pictures that are being uploaded, by `echo_id`. */
  #previews = new Map<string, (string | undefined)[]>();
  #first = 0;
  #last = 0;
  /** The message under the line "New messages"; searched at every opening. */
  #firstUnread: number | undefined;
  /** The chat has been opened, and its messages are not drawn yet. */
  #isOpening = true;
  #height = 0;
  /** The scroll position that is kept while heights change: the end, or the unread line. Scrolling by hand ends it. */
  #hold: 'end' | 'line' | undefined = 'end';
  #top = 0;
  readonly #resized = new ResizeObserver(() => this.#resize());
  readonly #changed: () => void;

  /** `changed` is called when the reader comes to the end, and when the thread comes on the screen. */
  constructor(conversation: Conversation, language: Language, changed: () => void) {
    const { words } = language;
    this.#conversation = conversation;
    this.#language = language;
    this.#changed = changed;
    this.#log = h('div', {
      class: 'log',
      role: 'log',
      'aria-live': 'polite',
      'aria-label': words.messages,
      tabindex: 0,
      scroll: () => {
        if (this.#isOpening || !this.#height) return;
        this.#noticeScroll();
        this.#loadWhenNearTop();
        if (this.isAtEnd && !this.#latest.hidden) changed();
        this.#latest.hidden ||= this.isAtEnd;
      },
    });
    const toEnd = () => {
      this.#hold = 'end';
      this.#settle();
    };
    this.#latest = h('button', { class: 'latest', hidden: true, click: toEnd }, words.latest);
    this.element = h('div', 'thread', this.#log, this.#latest);
    this.#resized.observe(this.#log);
  }

  /** Whether the log has a height. While it has none, nothing is drawn or marked as read. */
  get isShown(): boolean {
    const { clientHeight } = this.#log;
    if (clientHeight && !this.#height) this.#beginOpening();
    this.#height = clientHeight;
    return clientHeight > 0;
  }

  /** The newest message is on the screen. False while opening: `read` would be called before the unread line is found. */
  get isAtEnd(): boolean {
    const { scrollHeight, scrollTop, clientHeight } = this.#log;
    return !this.#isOpening && scrollHeight - scrollTop - clientHeight < END;
  }

  #beginOpening(): void {
    this.#isOpening = true;
    this.#hold = 'end';
    this.#top = this.#log.scrollTop;
  }

  focus(): void {
    this.#log.focus({ preventScroll: true });
  }

  /** Shows another conversation from now on. */
  follow(conversation: Conversation): void {
    this.#conversation = conversation;
    this.#drawn.clear();
    this.#first = 0;
    this.#last = 0;
    this.#beginOpening();
  }

  /** Marks a message as delivered to a device of the company. */
  delivered(id: number): void {
    this.#delivered.add(id);
  }

  /** Pictures show while they are uploaded. */
  preview(echo_id: string, files: readonly File[]): void {
    this.#previews.set(echo_id, files.map(pictureUrl));
  }

  draw(state: ConversationState): void {
    // The event of a scroll may come after this.
    this.#noticeScroll();
    const { scrollTop } = this.#log;
    const newest = state.messages.at(-1);
    const last = newest?.id ?? 0;
    const isNew = this.#last > 0 && last > this.#last;
    if (this.#isOpening && !state.loading && newest) this.#open(state);
    else if (isNew && this.isAtEnd) this.#hold = 'end';
    const anchor = [...this.#log.querySelectorAll<HTMLElement>(':scope>.row')].find(
      (row) => endOf(row) > scrollTop,
    );
    // Measured at its end: the name above it is hidden when older messages of the same person come before it.
    const anchorEnd = anchor ? endOf(anchor) : 0;
    if (state.pending.some(({ echo_id }) => !this.#drawn.has(`pending ${echo_id}`))) {
      this.#hold = 'end';
      this.#isOpening = false;
    }
    this.#announce(state);
    this.#place(state);
    if (this.#hold) this.#settle();
    else if (anchor?.isConnected) this.#log.scrollTop = scrollTop + endOf(anchor) - anchorEnd;
    if (isNew && newest?.message_type !== 0) this.#latest.hidden = this.isAtEnd;
    this.#last = last;
    this.#forgetPreviews(state);
  }

  /** Screen readers announce new messages, but not a page of older ones. */
  #announce({ messages, loading }: ConversationState): void {
    const first = messages[0]?.id ?? 0;
    const isOlder = this.#first ? first < this.#first : messages.length > 1;
    this.#first = first;
    this.#log.setAttribute('aria-live', isOlder ? 'off' : 'polite');
    this.#log.setAttribute('aria-busy', String(loading));
  }

  #place(state: ConversationState): void {
    const language = this.#language;
    const { words } = language;
    const next = new Map<string, Drawn>();
    const all = [...state.messages, ...state.pending];
    if (!state.messages.length) {
      const isKnown = !state.loading;
      this.#put(
        next,
        isKnown ? 'welcome' : 'skeleton',
        '',
        isKnown ? () => welcome(words.greeting) : skeleton,
      );
    }
    all.forEach((message, at) => {
      const before = all[at - 1];
      const after = all[at + 1];
      if (!before || dayOf(before) !== dayOf(message)) this.#putDay(next, message);
      const isFirstUnread = 'id' in message && message.id === this.#firstUnread;
      if (isFirstUnread) this.#put(next, 'unread', '', () => h('div', 'day unread', words.latest));
      const element =
        'id' in message
          ? this.#putMessage(next, message, language, state)
          : this.#putPending(next, message, language, isOffline(state));
      element.classList.toggle('first', !before || !isSameGroup(before, message));
      element.classList.toggle('last', !after || !isSameGroup(message, after));
    });
    this.#drawn = next;
    const root = this.element.getRootNode();
    const focused = root instanceof ShadowRoot && root.activeElement;
    place(
      this.#log,
      [...next.values()].map(({ element }) => element),
    );
    // The focused element was replaced, because its message was answered or sent.
    if (focused && !focused.isConnected) this.focus();
  }

  /** At the newest message, or at the first unread one where those after it fill the screen. */
  #open({ messages, contact_last_seen_at }: ConversationState): void {
    this.#isOpening = false;
    const isUnread = ({ message_type, created_at }: ThreadMessage) =>
      message_type !== 0 && created_at > contact_last_seen_at;
    this.#firstUnread = messages.find(isUnread)?.id;
    // The reader may have scrolled while the messages were still loading.
    if (!this.#hold) this.#loadWhenNearTop();
    else if (this.#firstUnread) this.#hold = 'line';
  }

  #resize(): void {
    if (this.isShown && this.#isOpening) this.#changed();
    else {
      // Heights may change in the same frame as a scroll, before the scroll event.
      this.#noticeScroll();
      if (this.#hold) this.#settle();
    }
  }

  /** The reader has scrolled when the position differs from the one set by `#settle`. */
  #noticeScroll(): void {
    if (Math.abs(this.#log.scrollTop - this.#top) > 1) this.#hold = this.isAtEnd ? 'end' : undefined;
  }

  #settle(): void {
    const line = this.#hold === 'line' && this.#log.querySelector<HTMLElement>('.unread');
    this.#log.scrollTop = line ? line.offsetTop : this.#log.scrollHeight;
    this.#top = this.#log.scrollTop;
    this.#latest.hidden = this.#isOpening || this.isAtEnd;
  }

  #loadWhenNearTop(): void {
    // A failed page is fetched again at the next scroll.
    if (this.#log.scrollTop < this.#log.clientHeight) this.#conversation.loadOlder().catch(() => {});
  }

  #put(next: Map<string, Drawn>, key: string, print: string, make: () => HTMLElement): HTMLElement {
    const before = this.#drawn.get(key);
    const drawn = before?.print === print ? before : { print, element: make() };
    if (drawn !== before) this.#resized.observe(drawn.element);
    next.set(key, drawn);
    return drawn.element;
  }

  #putDay(next: Map<string, Drawn>, message: ThreadMessage | PendingMessage): void {
    const text = dayText(message, this.#language);
    this.#put(next, `day ${dayOf(message)}`, text, () => h('div', 'day', text));
  }

  #putMessage(
    next: Map<string, Drawn>,
    message: ThreadMessage,
    shown: Shown,
    state: ConversationState,
  ): HTMLElement {
    const delivered: Tick = this.#delivered.has(message.id) ? 'delivered' : 'sent';
    const tick = message.created_at <= state.agent_last_seen_at ? 'read' : delivered;
    const conversation = this.#conversation;
    const asking = {
      words: shown.words,
      submit: (values: Parameters<Conversation['submit']>[1]) => conversation.submit(message.id, values),
      say: (text: string) => void conversation.send(text),
    };
    const print = JSON.stringify([message, message.message_type === 0 && tick]);
    return this.#put(next, `message ${message.id}`, print, () => renderMessage(message, tick, shown, asking));
  }

  /** Without a connection an attempt may hang for long: show the message as queued. */
  #putPending(
    next: Map<string, Drawn>,
    message: PendingMessage,
    shown: Shown,
    offline: boolean,
  ): HTMLElement {
    const { echo_id, progress } = message;
    const state = offline && message.state === 'sending' ? 'queued' : message.state;
    const conversation = this.#conversation;
    const unsent = {
      previews: this.#previews.get(echo_id) ?? [],
      retry: () => void conversation.retry(echo_id),
      discard: () => void conversation.discard(echo_id),
    };
    const element = this.#put(next, `pending ${echo_id}`, state, () =>
      renderPending({ ...message, state }, shown, unsent),
    );
    // Only the text is changed: a button that is replaced between pointer down and up loses its click.
    const percent = element.querySelector('.percent');
    if (percent && progress !== undefined) percent.textContent = ` ${Math.round(progress * 100)} %`;
    return element;
  }

  #forgetPreviews({ pending }: ConversationState): void {
    for (const [echo_id, addresses] of this.#previews) {
      if (pending.some((one) => one.echo_id === echo_id)) continue;
      for (const address of addresses) if (address) URL.revokeObjectURL(address);
      this.#previews.delete(echo_id);
    }
  }
}

const endOf = (row: HTMLElement) => row.offsetTop + row.offsetHeight;

const welcome = (text: string) => h('div', 'row welcome first last', h('div', 'bubble', text));

/** Two empty bubbles; the style keeps them hidden for the first moment. */
const skeleton = () =>
  h('div', { class: 'skeleton', 'aria-hidden': 'true' }, h('div', 'bubble'), h('div', 'bubble'));

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
  const sender = 'sender' in message ? message.sender : undefined;
  return `${message.message_type === 2} ${sender?.type} ${sender?.id}`;
}
