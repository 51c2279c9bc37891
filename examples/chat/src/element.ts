/**
 * `<hoory-chat inbox="..." base="https://chat.example.com" lang="de" theme="dark">`: the whole chat in a shadow root.
 * It fills the place it is given. Fires `hoory-unread` with the count and `hoory-close` when the person wants to leave.
 */
import { type Client, type Conversation, createClient } from '@hoory/client';
import { Composer } from './composer.ts';
import { h, icon, icons } from './dom.ts';
import { chatStyles } from './styles.ts';
import { ThreadView } from './thread.ts';
import { findLanguage, type Language } from './words.ts';

export class HooryChat extends HTMLElement {
  static defaultBase = '';
  static observedAttributes = ['hidden'];

  #client: Client | undefined;
  #conversation!: Conversation;
  #language: Language = findLanguage();
  #thread!: ThreadView;
  #composer!: Composer;
  #stops: (() => void)[] = [];
  #unfollow = () => {};
  #parts = parts(this.#language);
  #pageTitle = '';
  #scheduled = false;

  connectedCallback(): void {
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [chatStyles()];
    const lang = this.closest('[lang]')?.getAttribute('lang');
    this.#language = findLanguage(this.getAttribute('lang'), lang, ...navigator.languages);
    const inbox = this.getAttribute('inbox') ?? '';
    const base = this.getAttribute('base') ?? HooryChat.defaultBase;
    this.#client = createClient({ base, inbox });
    this.#start(this.#client, root, inbox);
  }

  disconnectedCallback(): void {
    this.#unfollow();
    for (const stop of this.#stops.splice(0)) stop();
    this.#client?.close();
  }

  attributeChangedCallback(): void {
    this.#schedule();
  }

  override focus(): void {
    this.#composer.focus();
  }

  #start(client: Client, root: ShadowRoot, inbox: string): void {
    const { words, dir, tag } = this.#language;
    this.#conversation = client.conversation();
    this.#thread = new ThreadView(this.#conversation, this.#language);
    this.#composer = new Composer({
      words,
      draftKey: `hoory-draft:${inbox}`,
      send: (text, files) => this.#conversation.send(text, { files }),
      type: () => this.#conversation.type(),
    });
    this.#parts = parts(this.#language);
    const { title, who, banner, typing, ended, end, close, drop } = this.#parts;
    end.addEventListener('click', () => this.#conversation.resolve().catch(() => {}));
    close.addEventListener('click', () => this.#leave());
    close.hidden = !this.hasAttribute('closable');
    ended.querySelector('button')?.addEventListener('click', () => this.#startAgain());
    const header = h('header', {}, h('div', {}, title, who), end, close);
    const chat = h(
      'section',
      { class: 'chat', dir, lang: tag, 'aria-label': words.title },
      ...[header, banner, this.#thread.element, typing, ended, this.#composer.element, drop],
    );
    this.#listen(chat);
    root.replaceChildren(chat);
    this.#follow();
    this.#stops.push(
      client.subscribe(() => this.#schedule()),
      client.on('message.updated', ({ id, status }) => {
        if (status === 'delivered') this.#thread.delivered(id);
        this.#schedule();
      }),
    );
    const onVisible = () => this.#schedule();
    document.addEventListener('visibilitychange', onVisible);
    this.#stops.push(() => document.removeEventListener('visibilitychange', onVisible));
    this.#pageTitle = document.title;
    client.open().catch(() => this.#schedule());
    client.api.getInbox().then(
      ({ name }) => {
        title.textContent = name;
      },
      () => {},
    );
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

  /** Many changes in one turn are drawn once, also in a tab that is not shown. */
  #schedule(): void {
    if (this.#scheduled || !this.#client) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      if (this.isConnected) this.#draw();
    });
  }

  #draw(): void {
    const { words } = this.#language;
    const state = this.#conversation.getState();
    const { error } = this.#client!.getState();
    const { banner, who, typing, ended, end } = this.#parts;
    this.#thread.draw(state);
    const refused = error && !error.temporary;
    const isOffline = state.connection === 'offline';
    banner.hidden = !refused && !isOffline;
    banner.textContent = refused
      ? [words.refused, error.message, error.requestId].filter(Boolean).join(' ')
      : isOffline
        ? words.offline
        : '';
    const isOnline = Object.values(state.agents).includes('online');
    who.textContent = isOnline ? words.online : words.away;
    who.classList.toggle('online', isOnline);
    const names = state.typing.map(({ name }) => name).join(', ');
    typing.textContent = names && words.typing.replace('{name}', names);
    const isEnded = state.status === 'resolved';
    ended.hidden = !isEnded;
    end.hidden = state.id === null || isEnded;
    if (!this.hidden && document.visibilityState === 'visible') this.#conversation.read();
    this.#tell(this.#conversation.getState().unread_count);
  }

  #tell(unread: number): void {
    this.dispatchEvent(new CustomEvent('hoory-unread', { detail: unread }));
    const title = unread ? `(${unread}) ${this.#pageTitle}` : this.#pageTitle;
    if (document.title !== title) document.title = title;
  }

  #leave(): void {
    this.dispatchEvent(new CustomEvent('hoory-close'));
  }

  #listen(chat: HTMLElement): void {
    const { drop } = this.#parts;
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files');
    chat.addEventListener('keydown', (event) => event.key === 'Escape' && this.#leave());
    chat.addEventListener('dragover', (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      drop.hidden = false;
    });
    chat.addEventListener('dragleave', (event) => {
      if (!chat.contains(event.relatedTarget as Node | null)) drop.hidden = true;
    });
    chat.addEventListener('drop', (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      drop.hidden = true;
      this.#composer.attach([...(event.dataTransfer?.files ?? [])]);
    });
  }
}

/** What around the messages and the composer changes as the state does. */
function parts({ words }: Language) {
  const again = h('button', { class: 'main' }, words.again);
  const tool = { class: 'tool', type: 'button' };
  return {
    title: h('h2', {}, words.title),
    who: h('div', { class: 'who' }),
    banner: h('div', { class: 'banner', role: 'status', hidden: true }),
    typing: h('div', { class: 'typing', 'aria-live': 'polite' }),
    ended: h('div', { class: 'ended', hidden: true }, words.ended, again),
    end: h('button', { type: 'button', class: 'note', hidden: true }, words.end),
    close: h('button', { ...tool, 'aria-label': words.close }, icon(icons.close)),
    drop: h('div', { class: 'drop', hidden: true }, words.drop),
  };
}
