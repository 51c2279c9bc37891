/** The input of the chat: a growing textarea, files by button, drop, paste and camera. Keeps a draft over a reload. */
import { isEnter } from '@hoory/client';
import { h, icon, icons, pictureUrl } from './dom.ts';
import type { Words } from './words.ts';

export interface ComposerOptions {
  words: Words;
  /** Where the draft is kept in the tab's storage. */
  draftKey: string;
  send(text: string, files: File[]): void;
  type(): void;
}

export class Composer {
  readonly element: HTMLElement;
  readonly #options: ComposerOptions;
  readonly #text: HTMLTextAreaElement;
  readonly #list = h('div', 'files');
  #files: File[] = [];

  constructor(options: ComposerOptions) {
    const { words } = options;
    this.#options = options;
    this.#text = h('textarea', {
      class: 'text',
      rows: 1,
      dir: 'auto',
      'aria-label': words.write,
      placeholder: words.write,
      enterkeyhint: 'send',
      input: () => this.#typed(),
      keydown: (event: KeyboardEvent) => {
        if (!isEnter(event) || event.shiftKey) return;
        event.preventDefault();
        this.#send();
      },
      paste: (event: ClipboardEvent) => {
        const files = [...(event.clipboardData?.files ?? [])];
        if (!files.length) return;
        event.preventDefault();
        this.attach(files);
      },
    });
    this.#text.value = readDraft(options.draftKey);
    const picker = (props: Record<string, string | boolean>) => {
      const input = h('input', { type: 'file', hidden: true, ...props, change: () => this.#takeFrom(input) });
      return input;
    };
    const any = picker({ multiple: true });
    const camera = picker({ accept: 'image/*', capture: 'environment' });
    const tool = (kind: string, label: string, click: () => void, path: string) =>
      h(
        'button',
        { type: 'button', class: `tool ${kind}`, 'aria-label': label, title: label, click },
        icon(path),
      );
    this.element = h(
      'div',
      'composer',
      this.#list,
      h(
        'div',
        'line',
        tool('attach', words.attach, () => any.click(), icons.attach),
        tool('camera', words.camera, () => camera.click(), icons.camera),
        this.#text,
        tool('send', words.send, () => this.#send(), icons.send),
        any,
        camera,
      ),
    );
  }

  focus(): void {
    this.#text.focus({ preventScroll: true });
  }

  attach(files: readonly File[]): void {
    this.#files.push(...files);
    this.#drawFiles();
    this.focus();
  }

  #takeFrom(input: HTMLInputElement): void {
    this.attach([...(input.files ?? [])]);
    input.value = '';
  }

  #typed(): void {
    this.#keepDraft();
    this.#grow();
    if (this.#text.value) this.#options.type();
  }

  #send(): void {
    const text = this.#text.value.trim();
    if (!text && !this.#files.length) return;
    this.#options.send(text, this.#files);
    this.#files = [];
    this.#text.value = '';
    this.#keepDraft();
    this.#grow();
    this.#drawFiles();
    this.focus();
  }

  #grow(): void {
    this.#text.style.height = 'auto';
    this.#text.style.height = `${this.#text.scrollHeight + 2}px`;
  }

  #drawFiles(): void {
    const chips = this.#files.map((file, at) => {
      const remove = () => {
        this.#files.splice(at, 1);
        this.#drawFiles();
        this.focus();
      };
      const label = `${this.#options.words.remove}: ${file.name}`;
      const src = pictureUrl(file);
      return h(
        'button',
        { type: 'button', 'aria-label': label, click: remove },
        src && h('img', { src, alt: '', load: () => URL.revokeObjectURL(src) }),
        `${file.name} ×`,
      );
    });
    this.#list.replaceChildren(...chips);
  }

  #keepDraft(): void {
    try {
      sessionStorage.setItem(this.#options.draftKey, this.#text.value);
    } catch {
      // Storage is forbidden: the draft lives in the textarea only.
    }
  }
}

function readDraft(key: string): string {
  try {
    return sessionStorage.getItem(key) ?? '';
  } catch {
    return '';
  }
}
