/** The button in the corner of a site and the panel with the chat. It takes no space in the layout of the page. */
import { h, icon, icons } from './dom.ts';
import { createSheet, launcherStyle } from './styles.ts';
import { findLanguage, type Words } from './words.ts';

export interface LauncherOptions {
  base: string;
  inbox: string;
  /** Attributes for `<hoory-chat>`, by name. */
  attributes: Record<string, string>;
}

/** Below this width the panel takes the whole screen. */
const PHONE = '(max-width:480px)';

/** Adds the launcher to the page. Nothing is asked of the server before the chat is opened, or was on an earlier visit. */
export function addLauncher(options: LauncherOptions): void {
  const add = () => {
    const host = document.body.appendChild(document.createElement('hoory-launcher'));
    const launcher = new Launcher(host, options);
    if (wasHere(`hoory:${options.base}:${options.inbox}:`)) launcher.load();
  };
  if (document.body) add();
  else document.addEventListener('DOMContentLoaded', add);
}

class Launcher {
  readonly #options: LauncherOptions;
  readonly #words: Words;
  readonly #count = h('span', { class: 'count', 'aria-hidden': 'true', hidden: true });
  readonly #faces = { open: icon(icons.chat), close: icon(icons.close) };
  readonly #button = h('button', {
    class: 'launcher',
    click: () => (this.#panel.open ? this.#close() : this.#open()),
  });
  readonly #panel: HTMLDialogElement;
  readonly #phone = matchMedia(PHONE);
  #chat: HTMLElement | undefined;
  #unread = 0;

  constructor(host: HTMLElement, options: LauncherOptions) {
    const { attributes } = options;
    this.#options = options;
    for (const name of ['lang', 'dir'] as const) if (attributes[name]) host[name] = attributes[name];
    const { words, dir } = findLanguage(host);
    this.#words = words;
    host.dir = dir;
    this.#panel = this.#createPanel();
    const root = host.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [createSheet(launcherStyle)];
    root.append(this.#panel, this.#button);
    this.#phone.addEventListener('change', () => {
      if (!this.#panel.open) return;
      this.#panel.close();
      this.#open();
    });
    fitAboveKeyboard(this.#panel);
    this.#draw();
  }

  /** Creates the chat at the first call. */
  load(): HTMLElement {
    this.#chat ??= this.#panel.appendChild(this.#createChat());
    return this.#chat;
  }

  #createChat(): HTMLElement {
    const { attributes, base, inbox } = this.#options;
    return h('hoory-chat', {
      ...attributes,
      base,
      inbox,
      closable: true,
      hidden: true,
      'hoory-close': () => this.#close(),
      'hoory-unread': ({ detail }: CustomEvent<number>) => {
        this.#unread = detail;
        this.#draw();
      },
    });
  }

  #createPanel(): HTMLDialogElement {
    return h('dialog', {
      class: 'panel',
      'aria-label': this.#words.title,
      cancel: (event) => {
        event.preventDefault();
        this.#close();
      },
      keydown: (event: KeyboardEvent) => {
        const root = this.#chat?.shadowRoot;
        if (event.key === 'Tab' && this.#panel.matches(':modal') && root) stayInside(event, root);
      },
    });
  }

  #draw(): void {
    const unread = this.#unread;
    const face = this.#panel.open ? 'close' : 'open';
    const label = unread && !this.#panel.open ? `, ${this.#words.unread.replace('{n}', `${unread}`)}` : '';
    this.#button.setAttribute('aria-expanded', `${this.#panel.open}`);
    this.#button.setAttribute('aria-label', this.#words[face] + label);
    this.#button.replaceChildren(this.#faces[face], this.#count);
    this.#count.textContent = unread > 9 ? '9+' : `${unread}`;
    this.#count.hidden = !unread;
  }

  /** A modal dialog keeps the focus and lies over everything; that is for phones, where the chat fills the screen. */
  #open(): void {
    const chat = this.load();
    chat.hidden = false;
    if (this.#phone.matches) this.#panel.showModal();
    else this.#panel.show();
    lockPage(this.#phone.matches);
    this.#draw();
    chat.focus();
  }

  #close(): void {
    if (!this.#panel.open) return;
    this.#panel.close();
    this.load().hidden = true;
    lockPage(false);
    this.#draw();
    this.#button.focus();
  }
}

/** Traps the focus in the modal panel: Tab moves from the last element to the first, Shift+Tab back. */
function stayInside(event: KeyboardEvent, root: ShadowRoot): void {
  const all = root.querySelectorAll<HTMLElement>('a[href],button,input,select,textarea,[tabindex]');
  const stops = [...all].filter((one) => !one.matches(':disabled') && one.checkVisibility());
  const [end, start] = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]];
  if (root.activeElement && root.activeElement !== end) return;
  event.preventDefault();
  start?.focus();
}

let overflow: string | undefined;

/** Prevents that a phone scrolls the page behind the chat. */
function lockPage(isLocked: boolean): void {
  const { style } = document.documentElement;
  if (isLocked === (overflow !== undefined)) return;
  const before = overflow ?? '';
  overflow = isLocked ? style.overflow : undefined;
  style.overflow = isLocked ? 'hidden' : before;
}

/** The keyboard of a phone covers a part of the page that only the visual viewport knows of. */
function fitAboveKeyboard({ style }: HTMLElement): void {
  const viewport = window.visualViewport;
  const fit = () => {
    if (!viewport) return;
    style.setProperty('--height', `${viewport.height}px`);
    style.setProperty('--top', `${viewport.offsetTop}px`);
  };
  viewport?.addEventListener('resize', fit);
  viewport?.addEventListener('scroll', fit);
}

/** Whether an earlier visit has stored a session: there may be unread answers. */
function wasHere(prefix: string): boolean {
  try {
    return Object.keys(localStorage).some((key) => key.startsWith(prefix));
  } catch {
    return false;
  }
}
