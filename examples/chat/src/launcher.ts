/** The bubble in the corner of any site, and the panel it opens. Takes no room in the page. */
import { h, icon, icons } from './dom.ts';
import { findLanguage } from './words.ts';

export interface LauncherOptions {
  base: string;
  inbox: string;
  lang: string | undefined;
}

const style = `
:host{all:initial}
button{position:fixed;z-index:2147483000;inset-inline-end:20px;bottom:calc(20px + env(safe-area-inset-bottom));width:56px;height:56px;
border:0;border-radius:50%;cursor:pointer;color:var(--hoory-accent-text,#fff);background:var(--hoory-accent,oklch(.5 .19 262));
box-shadow:0 6px 24px rgb(0 0 0/.22)}
button:focus-visible{outline:2px solid var(--hoory-accent,oklch(.5 .19 262));outline-offset:3px}
svg{width:26px;height:26px;margin:auto;display:block;fill:none;stroke:currentColor;stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round}
.count{position:absolute;top:-2px;inset-inline-end:-2px;min-width:20px;height:20px;padding:0 5px;box-sizing:border-box;border-radius:10px;
background:#c62828;color:#fff;font:600 12px/20px system-ui,sans-serif}
.panel{position:fixed;z-index:2147483000;inset-inline-end:20px;bottom:calc(88px + env(safe-area-inset-bottom));width:380px;
height:min(640px,100vh - 96px);border-radius:10px;overflow:hidden;box-shadow:0 6px 24px rgb(0 0 0/.22)}
@media(max-width:480px){.panel{inset:0;width:auto;height:100dvh;border-radius:0}}
[hidden]{display:none!important}
@media(prefers-reduced-motion:no-preference){.panel{animation:in .14s ease-out}@keyframes in{from{opacity:0;transform:translateY(8px)}}}
`;

/** Adds the launcher to the page. Nothing is asked of the server before the chat is opened, or was on an earlier visit. */
export function addLauncher({ base, inbox, lang }: LauncherOptions): void {
  const { words, dir } = findLanguage(lang, document.documentElement.lang, ...navigator.languages);
  const host = h('div', { dir });
  const root = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  root.adoptedStyleSheets = [sheet];
  const count = h('span', { class: 'count', hidden: true });
  const button = h('button', { 'aria-expanded': 'false', 'aria-label': words.open }, icon(icons.chat), count);
  const panel = h('div', { class: 'panel', role: 'dialog', 'aria-label': words.title, hidden: true });
  root.append(panel, button);
  let chat: HTMLElement | undefined;

  const load = () => {
    if (chat) return chat;
    chat = document.createElement('hoory-chat');
    const attributes = { base, inbox, closable: '', hidden: '', ...(lang && { lang }) };
    for (const [name, value] of Object.entries(attributes)) chat.setAttribute(name, value);
    chat.addEventListener('hoory-close', () => show('closed'));
    chat.addEventListener('hoory-unread', (event) => {
      const { detail } = event as CustomEvent<number>;
      count.textContent = detail > 9 ? '9+' : String(detail);
      count.hidden = detail === 0;
    });
    panel.append(chat);
    return chat;
  };
  const show = (state: 'open' | 'closed') => {
    const isOpen = state === 'open';
    panel.hidden = !isOpen;
    load().toggleAttribute('hidden', !isOpen);
    button.setAttribute('aria-expanded', String(isOpen));
    button.setAttribute('aria-label', isOpen ? words.close : words.open);
    if (isOpen) load().focus();
    else button.focus();
  };
  button.addEventListener('click', () => show(panel.hidden ? 'open' : 'closed'));

  const add = () => {
    document.body.append(host);
    if (wasHere(`hoory:${base}:${inbox}:`)) load();
  };
  if (document.body) add();
  else document.addEventListener('DOMContentLoaded', add);
}

/** An earlier visit left a session behind: an answer may be waiting. */
function wasHere(prefix: string): boolean {
  try {
    return Object.keys(localStorage).some((key) => key.startsWith(prefix));
  } catch {
    return false;
  }
}
