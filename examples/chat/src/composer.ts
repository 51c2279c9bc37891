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
    this.#text = this.#createText();
    const any = this.#createPicker({ multiple: true });
    const camera = this.#createPicker({ accept: 'image/*', capture: 'environment' });
    this.element = h(
      'div',
      'composer',
      this.#list,
      h(
        'div',
        'line',
        createTool('attach', words.attach, () => any.click()),
        createTool('camera', words.camera, () => camera.click()),
        this.#text,
        createTool('send', words.send, () => this.#send()),
        any,
        camera,
      ),
    );
  }

  #createText(): HTMLTextAreaElement {
    const { words, draftKey } = this.#options;
    const text = h('textarea', {
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
    text.value = readDraft(draftKey);
    return text;
  }

  #createPicker(props: Record<string, string | boolean>): HTMLInputElement {
    const take = () => {
      this.attach([...(input.files ?? [])]);
      input.value = '';
    };
    const input = h('input', { type: 'file', hidden: true, ...props, change: take });
    return input;
  }

  focus(): void {
    this.#text.focus({ preventScroll: true });
  }

  attach(files: readonly File[]): void {
    this.#files.push(...files);
    this.#drawFiles();
    this.focus();
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

const createTool = (kind: 'attach' | 'camera' | 'send', label: string, click: () => void): HTMLElement =>
  h(
    'button',
    { type: 'button', class: `tool ${kind}`, 'aria-label': label, title: label, click },
    icon(icons[kind]),
  );

function readDraft(key: string): string {
  try {
    return sessionStorage.getItem(key) ?? '';
  } catch {
    return '';
  }
}
