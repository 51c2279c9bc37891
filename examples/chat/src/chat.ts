/** Entry of `/chat.js`: defines `<hoory-chat>`, and adds the launcher when the script tag names an inbox. */
import { HooryChat } from './element.ts';
import { addLauncher } from './launcher.ts';

const script = document.currentScript as HTMLScriptElement | null;
/** The server that served this script is the server to talk to. */
const base = script ? script.src.replace(/\/chat\.js([?#].*)?$/, '') : location.origin;

if (!customElements.get('hoory-chat')) {
  HooryChat.defaultBase = base;
  customElements.define('hoory-chat', HooryChat);
}
const inbox = script?.dataset.inbox;
if (inbox) {
  // `data-identifier-hash` of the script is `identifier-hash` of the chat, and so on.
  const attributes = Object.fromEntries(
    [...script.attributes].flatMap(({ name, value }) =>
      name.startsWith('data-') ? [[name.slice(5), value]] : [],
    ),
  );
  addLauncher({ base: script.dataset.base ?? base, inbox, attributes });
}
