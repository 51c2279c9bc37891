/** The button in the corner of a site and the panel with the chat. It takes no space in the layout of the page. */
import { h, icon, icons } from './dom.ts';
import { createSheet, launcherStyle } from './styles.ts';
import { findLanguage } from './words.ts';

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
    const load = fillLauncher(document.body.appendChild(document.createElement('hoory-launcher')), options);
    if (wasHere(`hoory:${options.base}:${options.inbox}:`)) load();
  };
  if (document.body) add();
  else document.addEventListener('DOMContentLoaded', add);
}

/** Fills the host element. @returns the function that creates the chat element at its first call */
function fillLauncher(host: HTMLElement, { base, inbox, attributes }: LauncherOptions): () => HTMLElement {
  for (const name of ['lang', 'dir'] as const) if (attributes[name]) host[name] = attributes[name];
  const { words, dir } = findLanguage(host);
  host.dir = dir;
  const root = host.attachShadow({ mode: 'open' });
  root.adoptedStyleSheets = [createSheet(launcherStyle)];
  const count = h('span', { class: 'count', 'aria-hidden': 'true', hidden: true });
  const faces = { open: icon(icons.chat), close: icon(icons.close) };
  const button = h('button', { class: 'launcher', 'aria-expanded': 'false' }, faces.open, count);
  const panel = h('dialog', { class: 'panel', 'aria-label': words.title });
  root.append(panel, button);
  const phone = matchMedia(PHONE);
  let chat: HTMLElement | undefined;
  let unread = 0;

  const load = (): HTMLElement => {
    if (chat) return chat;
    chat = document.createElement('hoory-chat');
    for (const [name, value] of Object.entries({ ...attributes, base, inbox, closable: '', hidden: '' }))
      chat.setAttribute(name, value);
    chat.addEventListener('hoory-close', close);
    chat.addEventListener('hoory-unread', (event) => {
      unread = event.detail;
      draw();
    });
    panel.append(chat);
    return chat;
  };
  const draw = () => {
    const label = unread && !panel.open ? `, ${words.unread.replace('{n}', String(unread))}` : '';
    button.setAttribute('aria-expanded', String(panel.open));
    button.setAttribute('aria-label', (panel.open ? words.close : words.open) + label);
    button.replaceChildren(panel.open ? faces.close : faces.open, count);
    count.textContent = unread > 9 ? '9+' : String(unread);
    count.hidden = unread === 0;
  };
  /** A modal dialog keeps the focus and lies over everything; that is for phones, where it is all there is. */
  const open = () => {
    load().hidden = false;
    if (phone.matches) panel.showModal();
    else panel.show();
    lockPage(panel.matches(':modal'));
    draw();
    load().focus();
  };
  const close = () => {
    if (!panel.open) return;
    panel.close();
    load().hidden = true;
    lockPage(false);
    draw();
    button.focus();
  };
  button.addEventListener('click', () => (panel.open ? close() : open()));
  panel.addEventListener('cancel', (event) => {
    event.preventDefault();
    close();
  });
  panel.addEventListener('keydown', (event) => {
    if (event.key === 'Tab' && panel.matches(':modal') && chat?.shadowRoot)
      stayInside(event, chat.shadowRoot);
  });
  phone.addEventListener('change', () => {
    if (!panel.open) return;
    panel.close();
    open();
  });
  fitAboveKeyboard(panel);
  draw();
  return load;
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
