/**
 * The reply that was begun in one conversation: the only owner of its life, on this device and on the server, where other
 * devices of the agent find it. The server is told when the keys are quiet; the last to write wins.
 */

export interface DraftParts {
  /** The server's draft, empty when there is none. */
  read: () => Promise<string>;
  /** Replaces the server's draft; an empty text removes it. */
  write: (text: string) => Promise<unknown>;
  load: () => StoredDraft | undefined;
  /** Undefined: there is nothing to remember. */
  save: (draft: StoredDraft | undefined) => void;
}

export interface StoredDraft {
  text: string;
  /** The server's text by its last answer. */
  known: string;
  /** A write has no answer: the server may have another text than `known`. */
  isUnsure: boolean;
  /** The reply was sent: the server's draft is older than that, and must go before the message is posted. */
  isSent: boolean;
}

/** Milliseconds without a key after which the server is told. */
const QUIET = 1_000;

export class Draft {
  readonly #parts: DraftParts;
  readonly #listeners = new Set<() => void>();
  #draft: StoredDraft;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Calls of the server, one after another. */
  #calls: Promise<unknown> = Promise.resolve();
  #sends = 0;

  constructor(parts: DraftParts) {
    this.#parts = parts;
    this.#draft = parts.load() ?? nothing;
  }

  readonly text = (): string => this.#draft.text;

  readonly subscribe = (changed: () => void): (() => void) => {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  };

  set(text: string): void {
    this.#change({ text });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), text ? QUIET : 0);
  }

  /** The text was handed to the outbox. Cancels the pending write; the server's draft is removed. */
  sent(): void {
    clearTimeout(this.#timer);
    this.#sends++;
    const { known, isUnsure, isSent } = this.#draft;
    this.#change({ text: '', isSent: isSent || isUnsure || known !== '' });
    void this.removeSent().catch(() => undefined);
  }

  /** Resolves when the server has no draft of a reply that was sent. @throws what `write` throws */
  async removeSent(): Promise<void> {
    if (this.#draft.isSent) await this.#sync();
  }

  /** Asks the server what another device has written since. Without a connection the own text stays. */
  async open(): Promise<void> {
    const ask = async () => {
      const told = await this.#parts.read();
      if (this.#isDue) return;
      this.#change({ text: told, known: told });
    };
    await (this.#isDue ? this.#sync() : this.#inTurn(ask)).catch(() => undefined);
  }

  /** Tells the server now. */
  flush(): void {
    clearTimeout(this.#timer);
    void this.#sync().catch(() => undefined);
  }

  /** The page ends: no call that is under way can be waited for. */
  leave(): void {
    clearTimeout(this.#timer);
    if (this.#isDue) void this.#write().catch(() => undefined);
  }

  /** Another tab of this device has changed the draft. */
  follow(): void {
    clearTimeout(this.#timer);
    this.#draft = this.#parts.load() ?? nothing;
    for (const changed of this.#listeners) changed();
  }

  get #isDue(): boolean {
    const { text, known, isUnsure, isSent } = this.#draft;
    return text !== known || isUnsure || isSent;
  }

  #sync(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#isDue) await this.#write();
    });
  }

  async #write(): Promise<void> {
    const { text } = this.#draft;
    const sends = this.#sends;
    // Remembered before the call: after a reload nobody knows whether it arrived.
    this.#change({ isUnsure: true });
    await this.#parts.write(text);
    this.#change({ known: text, isUnsure: false, isSent: this.#draft.isSent && sends !== this.#sends });
  }

  #inTurn<T>(call: () => Promise<T>): Promise<T> {
    const answer = this.#calls.then(call, call);
    this.#calls = answer.catch(() => undefined);
    return answer;
  }

  #change(change: Partial<StoredDraft>): void {
    this.#draft = { ...this.#draft, ...change };
    this.#parts.save(this.#draft.text || this.#isDue || this.#draft.known ? this.#draft : undefined);
    for (const changed of this.#listeners) changed();
  }
}

const nothing: StoredDraft = { text: '', known: '', isUnsure: false, isSent: false };
