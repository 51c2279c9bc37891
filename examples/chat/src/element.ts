/**
 * `<hoory-chat inbox="..." base="https://chat.example.com" lang="de" theme="dark">`: the whole chat in a shadow root.
 * It fills the place it is given. Fires `hoory-unread` with the count and `hoory-close` when the person wants to leave.
 * `identifier` and `identifier-hash` prove the identity of the customer, `name` and `email` are stored with it; without them the
 * session is anonymous.
 */
import {
  type Client,
  type Conversation,
  type ConversationState,
  createClient,
  type Identity,
  isComposedEnter,
  isComposing,
  type PublicInbox,
} from '@hoory/client';
import { companyState, isOffline } from './availability.ts';
import { Composer } from './composer.ts';
import { h, icon, icons } from './dom.ts';
import { chatStyles } from './styles.ts';
import { ThreadView } from './thread.ts';
import { findLanguage, type Language, type Words, withWords } from './words.ts';

declare global {
  interface HTMLElementTagNameMap {
    'hoory-chat': HooryChat;
  }
  interface HTMLElementEventMap {
    /** `detail` is the number of unread messages. */
    'hoory-unread': CustomEvent<number>;
  }
}

export class HooryChat extends HTMLElement {
  static defaultBase = '';
  static observedAttributes = ['identifier', 'identifier-hash'];

  #client: Client | undefined;
  #conversation!: Conversation;
  #language: Language = findLanguage(this);
  #thread!: ThreadView;
  #composer!: Composer;
  /** Ends the listeners and the clock of one connection to the page. */
  #connected = new AbortController();
  #unfollow = () => {};
  #parts!: ReturnType<typeof createParts>;
  #inbox: PublicInbox | undefined;
  /** The title of the page, and the title with the number of unread messages. */
  #title = { own: '', shown: '' };
  /** The words are loaded and the elements are created. */
  #isStarted = false;
  #wantsFocus = false;
  #scheduled = false;
  #identifying = false;

  connectedCallback(): void {
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [chatStyles()];
    this.#language = findLanguage(this);
    const inbox = this.getAttribute('inbox') ?? '';
    const base = this.getAttribute('base') ?? HooryChat.defaultBase;
    const client = createClient({ base, inbox, identity: () => this.#readIdentity() });
    this.#client = client;
    client.open().catch(() => this.#schedule());
    void withWords(base, this.#language, (language) => {
      if (this.#client !== client) return;
      this.#language = language;
      this.#start(client, root, inbox);
    });
  }

  disconnectedCallback(): void {
    this.#unfollow();
    this.#connected.abort();
    this.#client?.close();
    this.#client = undefined;
    this.#isStarted = false;
    this.#tell(0);
  }

  attributeChangedCallback(_name: string, before: string | null, after: string | null): void {
    if (before !== after) this.#identify();
  }

  /** On touch screens the log gets the focus: focusing the text would open the keyboard over the messages. */
  override focus(): void {
    this.#wantsFocus = !this.#isStarted;
    if (this.#wantsFocus) return;
    if (matchMedia('(pointer:coarse)').matches) this.#thread.focus();
    else this.#composer.focus();
  }

  #readIdentity(): Identity | null {
    const [identifier, identifier_hash, name, email] = ['identifier', 'identifier-hash', 'name', 'email'].map(
      (attribute) => this.getAttribute(attribute) || undefined,
    );
    return identifier ? { identifier, identifier_hash, name, email } : null;
  }

  /** Signs in or out after a change of the attributes, in a microtask: the page sets them one after the other. */
  #identify(): void {
    if (this.#identifying || !this.#client) return;
    this.#identifying = true;
    queueMicrotask(() => {
      this.#identifying = false;
      const client = this.#client;
      const identity = this.#readIdentity();
      const done = identity ? client?.identify(identity) : client?.reset().then(() => client.open());
      done?.catch(() => this.#schedule());
    });
  }

  #start(client: Client, root: ShadowRoot, inbox: string): void {
    root.replaceChildren(this.#create(client, inbox));
    this.#isStarted = true;
    this.#follow();
    if (this.#wantsFocus) this.focus();
    client.subscribe(() => this.#schedule());
    client.on('message.updated', ({ id, status }) => {
      if (status === 'delivered') this.#thread.delivered(id);
      this.#schedule();
    });
    this.#connected = new AbortController();
    const { signal } = this.#connected;
    // `visibilitychange` bubbles to the window.
    for (const event of ['visibilitychange', 'online', 'offline'])
      addEventListener(event, () => this.#schedule(), { signal });
    this.#watchInbox(client, signal);
  }

  #create(client: Client, inbox: string): HTMLElement {
    const { words, dir, tag } = this.#language;
    this.#conversation = client.conversation();
    this.#thread = new ThreadView(this.#conversation, this.#language, () => this.#schedule());
    this.#composer = new Composer({
      words,
      draftKey: `hoory-draft:${inbox}`,
      send: (text, files) => this.#thread.preview(this.#conversation.send(text, { files }), files),
      type: () => this.#conversation.type(),
    });
    this.#parts = createParts(words, {
      leave: this.hasAttribute('closable') && (() => this.#leave()),
      resolve: () => void this.#conversation.resolve().catch(() => {}),
      refresh: () => void this.#conversation.refresh(),
      startAgain: () => this.#startAgain(),
    });
    const { title, who, banner, typing, ended, end, close, drop } = this.#parts;
    const header = h('header', {}, h('div', {}, title, who), end, close);
    return h(
      'section',
      { class: 'chat', dir, lang: tag, 'aria-label': words.title, ...this.#listeners(drop) },
      ...[header, banner, this.#thread.element, typing, ended, this.#composer.element, drop],
    );
  }

  /** Loads the name and the working hours of the company, which begin and end without an event. */
  #watchInbox(client: Client, signal: AbortSignal): void {
    const load = () =>
      client.api.getInbox().then(
        (found) => {
          this.#inbox = found;
          this.#parts.title.textContent = found.name;
          this.#schedule();
        },
        () => {},
      );
    void load();
    const clock = setInterval(() => (this.#inbox ? this.#schedule() : load()), 30_000);
    signal.addEventListener('abort', () => clearInterval(clock));
  }

  #follow(): void {
    this.#unfollow();
    this.#unfollow = this.#conversation.subscribe(() => this.#schedule());
    this.#schedule();
  }

  #startAgain(): void {
    if (!this.#client) return;
    this.#conversation = this.#client.startConversation();
    this.#thread.follow(this.#conversation);
    this.#follow();
    this.#composer.focus();
  }

  /** Draws once for all changes of a turn. A microtask also runs in a hidden tab, an animation frame does not. */
  #schedule(): void {
    if (this.#scheduled || !this.#isStarted) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      if (this.isConnected) this.#draw();
    });
  }

  #draw(): void {
    const { words } = this.#language;
    const state = this.#conversation.getState();
    const { session, error } = this.#client!.getState();
    const { who, typing, ended, end } = this.#parts;
    // Before the session is open it is unknown whether there are messages: show the skeleton.
    const isKnown = session !== null || error !== null || state.connection === 'offline';
    if (this.#thread.isShown) this.#thread.draw(isKnown ? state : { ...state, loading: true });
    this.#drawBanner(state);
    const soon = this.getAttribute('reply-time') ?? undefined;
    const { isOnline, text } = companyState(state, this.#inbox, this.#language, soon);
    who.textContent = text;
    who.classList.toggle('online', isOnline);
    const names = state.typing.map(({ name }) => name).join(', ');
    typing.textContent = names && words.typing.replace('{name}', names);
    const isEnded = state.status === 'resolved';
    ended.hidden = !isEnded;
    end.hidden = state.id === null || isEnded;
    const isSeen = this.#thread.isShown && document.visibilityState === 'visible' && this.#thread.isAtEnd;
    if (isSeen) this.#conversation.read();
    this.#tell(this.#conversation.getState().unread_count);
  }

  /** Shows the current fault, if any, and offers to fetch again when that may help. */
  #drawBanner(state: ConversationState): void {
    const { words } = this.#language;
    const { banner, fault, reload } = this.#parts;
    const { error } = this.#client!.getState();
    const refused = error && !error.temporary ? error : undefined;
    const offline = isOffline(state);
    const unloaded = offline ? undefined : state.error;
    const { message, requestId } = refused ?? unloaded ?? {};
    const said = refused ? words.refused : offline ? words.offline : unloaded ? words.notLoaded : '';
    banner.hidden = !said;
    fault.textContent = [said, message, requestId].filter(Boolean).join(' ');
    reload.hidden = !unloaded || refused !== undefined;
  }

  /** Reports the number of unread messages as an event and in the title. A title that the page sets meanwhile is kept. */
  #tell(unread: number): void {
    this.dispatchEvent(new CustomEvent('hoory-unread', { detail: unread }));
    const own = document.title === this.#title.shown ? this.#title.own : document.title;
    this.#title = { own, shown: unread ? `(${unread}) ${own}` : own };
    if (document.title !== this.#title.shown) document.title = this.#title.shown;
  }

  #leave(): void {
    this.dispatchEvent(new CustomEvent('hoory-close'));
  }

  /** Keys, and files that are dropped anywhere in the chat. */
  #listeners(drop: HTMLElement) {
    const takeFiles = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      const isOver = event.type === 'dragover';
      drop.hidden = !isOver;
      if (!isOver) this.#composer.attach([...event.dataTransfer.files]);
    };
    return {
      keydown: (event: KeyboardEvent) => {
        if (isComposedEnter(event) && event.target instanceof HTMLInputElement) event.preventDefault();
        if (event.key === 'Escape' && !isComposing(event)) this.#leave();
      },
      dragover: takeFiles,
      drop: takeFiles,
      dragleave: ({ relatedTarget }: DragEvent) => {
        const isInside = relatedTarget instanceof Node && drop.parentNode?.contains(relatedTarget);
        if (!isInside) drop.hidden = true;
      },
    };
  }
}

interface Actions {
  /** False where the chat cannot be closed. */
  leave: (() => void) | false;
  resolve(): void;
  refresh(): void;
  startAgain(): void;
}

/** The elements around the messages and the composer that change with the state. */
function createParts(words: Words, { leave, resolve, refresh, startAgain }: Actions) {
  const fault = h('span');
  const reload = h('button', { class: 'link', click: refresh }, words.retry);
  const again = h('button', { class: 'main', click: startAgain }, words.again);
  return {
    fault,
    reload,
    title: h('h2', {}, words.title),
    who: h('div', 'who'),
    banner: h('div', { class: 'banner', role: 'status', hidden: true }, fault, reload),
    typing: h('div', { class: 'typing', 'aria-live': 'polite' }),
    ended: h('div', { class: 'ended', hidden: true }, words.ended, again),
    end: h('button', { type: 'button', class: 'note end', hidden: true, click: resolve }, words.end),
    close: h(
      'button',
      { class: 'tool', type: 'button', 'aria-label': words.close, hidden: !leave, click: leave },
      icon(icons.close),
    ),
    drop: h('div', { class: 'drop', hidden: true }, words.drop),
  };
}
