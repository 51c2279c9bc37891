/** Texts of the chat by language. English is in the bundle, the other tables have the same keys and are loaded (`words/`). */

const en = {
  title: 'Chat',
  open: 'Open chat',
  close: 'Close chat',
  messages: 'Messages',
  greeting: 'Hello. How can we help?',
  write: 'Write a message',
  send: 'Send',
  attach: 'Attach a file',
  camera: 'Take a photo',
  remove: 'Remove',
  drop: 'Drop files to attach them',
  latest: 'New messages',
  unread: '{n} unread',
  online: 'Online now',
  soon: 'answers within minutes',
  back: 'We are back {time}',
  away: 'Leave a message, we will answer here',
  offline: 'You are offline. What you write will be sent.',
  queued: 'Will be sent',
  sending: 'Sending',
  sent: 'Sent',
  delivered: 'Delivered',
  read: 'Read',
  failed: 'Not sent',
  lost: 'Not sent: attach the files again',
  tooLarge: 'Not sent: the file is too large',
  retry: 'Try again',
  discard: 'Discard',
  typing: '{name} is writing',
  you: 'You',
  today: 'Today',
  yesterday: 'Yesterday',
  ended: 'This conversation has ended.',
  again: 'Start a new one',
  end: 'End chat',
  submit: 'Submit',
  submitted: 'Thank you, we have your answer.',
  choose: 'Choose',
  rate: 'How did we do?',
  rating: '{n} of 5',
  feedback: 'Anything to add?',
  readMore: 'Read more',
  refused: 'This chat cannot be opened.',
  notLoaded: 'The messages could not be loaded.',
  notSaved: 'That was not saved. Try again.',
  file: 'File',
};
export type Words = typeof en;

/** Texts of the launcher, which makes no request before it is opened. The other texts of these languages are in `words/`. */
const launcherWords: Record<string, Pick<Words, 'title' | 'open' | 'close' | 'unread'>> = {
  en,
  de: { title: 'Chat', open: 'Chat öffnen', close: 'Chat schließen', unread: '{n} ungelesen' },
  fr: {
    title: 'Discussion',
    open: 'Ouvrir la discussion',
    close: 'Fermer la discussion',
    unread: '{n} non lus',
  },
  ar: { title: 'محادثة', open: 'فتح المحادثة', close: 'إغلاق المحادثة', unread: '{n} غير مقروءة' },
};

export interface Language {
  /** As the page or the browser named it, for dates. */
  tag: string;
  /** `ltr` or `rtl`. */
  dir: string;
  words: Words;
}

/**
 * The language of the place that the element has in its page, or the first of the browser's that there are words for, else
 * English; `words` are English but for the launcher's. The direction is the page's, unless the element names a language.
 */
export function findLanguage(element: Element): Language {
  const wanted = [closest(element, '[lang]')?.getAttribute('lang'), ...navigator.languages];
  const tag = wanted.find((one) => one && Object.hasOwn(launcherWords, shortOf(one))) ?? 'en';
  const short = shortOf(tag);
  const directed = element.matches('[lang]:not([dir])') ? undefined : closest(element, '[dir]');
  const own = short === 'ar' ? 'rtl' : 'ltr';
  const dir = directed ? getComputedStyle(directed).direction : own;
  return { tag, dir, words: { ...en, ...launcherWords[short] } };
}

/** Like `Element.closest`, but crosses shadow roots. */
function closest(element: Element, selector: string): Element | undefined {
  const root = element.getRootNode();
  return element.closest(selector) ?? (root instanceof ShadowRoot ? closest(root.host, selector) : undefined);
}

/** Calls `start` with all words of the language: at once for English, and with English where they cannot be loaded. */
export async function withWords(
  base: string,
  language: Language,
  start: (language: Language) => void,
): Promise<void> {
  const short = shortOf(language.tag);
  if (short === 'en') return start(language);
  const loading = fetch(`${base.replace(/\/+$/, '')}/chat/words/${short}.json`);
  const words = await loading.then((answer) => answer.json()).catch(() => en);
  start({ ...language, words: { ...language.words, ...words } });
}

const shortOf = (tag: string): string => tag.slice(0, 2).toLowerCase();
