/**
 * The unsent reply of one conversation. It is stored on this device at every key, and on the server, where other devices of
 * the agent find it, once the agent has stopped typing. The last writer wins. `Draft` is the only code that writes either.
 *
 * The difficult case is a reply that is sent while a write of its text is under way: the server must not be left with the
 * sent text as a draft. So writes are queued, and `isSent` stays set until a write that began after the send has succeeded.
 */

/** Storage and server of a draft; a test passes its own. */
export interface DraftParts {
  /** The server's draft, empty when there is none. */
  read: () => Promise<string>;
  /** Replaces the server's draft; an empty text removes it. */
  write: (text: string) => Promise<unknown>;
  load: () => StoredDraft | undefined;
  /** Stores the draft on this device; undefined deletes it. */
  save: (draft: StoredDraft | undefined) => void;
}

export interface StoredDraft {
  text: string;
  /** The server's text according to its last answer. */
  known: string;
  /** A write was not answered: the server may have another text than `known`. */
  isUnsure: boolean;
  /** The reply was sent: the server's draft is older and must be removed before the message is posted. */
  isSent: boolean;
}

/** Time without a key after which the text is written to the server. */
const WRITE_DELAY_MS = 1_000;

export class Draft {
  readonly #parts: DraftParts;
  readonly #listeners = new Set<() => void>();
  #draft: StoredDraft;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The last call of the server. The next one waits for it, so that two writes cannot overtake each other. */
  #calls: Promise<unknown> = Promise.resolve();
  /** Number of sends: a write that began before the last send has not removed the sent text. */
  #sends = 0;

  constructor(parts: DraftParts) {
    this.#parts = parts;
    this.#draft = parts.load() ?? emptyDraft;
  }

  /** A function, as `useSyncExternalStore` takes it. */
  readonly text = (): string => this.#draft.text;

  readonly subscribe = (changed: () => void): (() => void) => {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  };

  /** Stores what was typed, and schedules its write to the server. An emptied text is written without delay. */
  set(text: string): void {
    this.#change({ text });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), text ? WRITE_DELAY_MS : 0);
  }

  /** The outbox has taken the text. Clears the draft here, cancels the scheduled write and removes the server's draft. */
  sent(): void {
    clearTimeout(this.#timer);
    this.#sends++;
    const { known, isUnsure, isSent } = this.#draft;
    this.#change({ text: '', isSent: isSent || isUnsure || known !== '' });
    void this.removeSent().catch(() => undefined);
  }

  /** Resolves when the server has no draft of a sent reply any more. @throws what `write` throws */
  async removeSent(): Promise<void> {
    if (this.#draft.isSent) await this.#sync();
  }

  /** Takes over what another device has written. A text that is not saved yet is written instead; an unreachable server changes nothing. */
  async refresh(): Promise<void> {
    const read = async () => {
      const text = await this.#parts.read();
      // Something was typed during the call.
      if (this.#needsWrite) return;
      this.#change({ text, known: text });
    };
    await (this.#needsWrite ? this.#sync() : this.#enqueue(read)).catch(() => undefined);
  }

  /** Writes to the server now: the composer closes, or the tab is hidden. */
  flush(): void {
    clearTimeout(this.#timer);
    void this.#sync().catch(() => undefined);
  }

  /** The page is being unloaded. Writes at once, without waiting for the call under way: nothing runs afterwards. */
  writeBeforeUnload(): void {
    clearTimeout(this.#timer);
    if (this.#needsWrite) void this.#write().catch(() => undefined);
  }

  /** Another tab of this device has changed the draft: takes over what it stored, and leaves the write to that tab. */
  reload(): void {
    clearTimeout(this.#timer);
    this.#draft = this.#parts.load() ?? emptyDraft;
    for (const changed of this.#listeners) changed();
  }

  get #needsWrite(): boolean {
    const { text, known, isUnsure, isSent } = this.#draft;
    return text !== known || isUnsure || isSent;
  }

  #sync(): Promise<void> {
    return this.#enqueue(async () => {
      if (this.#needsWrite) await this.#write();
    });
  }

  async #write(): Promise<void> {
    const { text } = this.#draft;
    const sends = this.#sends;
    // Stored before the call: a page that reloads now cannot know whether the write arrived.
    this.#change({ isUnsure: true });
    await this.#parts.write(text);
    this.#change({ known: text, isUnsure: false, isSent: this.#draft.isSent && sends !== this.#sends });
  }

  #enqueue<T>(call: () => Promise<T>): Promise<T> {
    const answer = this.#calls.then(call, call);
    this.#calls = answer.catch(() => undefined);
    return answer;
  }

  #change(change: Partial<StoredDraft>): void {
    this.#draft = { ...this.#draft, ...change };
    this.#parts.save(this.#draft.text || this.#needsWrite || this.#draft.known ? this.#draft : undefined);
    for (const changed of this.#listeners) changed();
  }
}

const emptyDraft: StoredDraft = { text: '', known: '', isUnsure: false, isSent: false };
