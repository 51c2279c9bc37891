/**
 * Sends what was written, in order per conversation, until the server has it. Every try of a message carries the
 * same `echo_id`, by which the server recognises a repeat. How a message looks on the screen is the store's matter.
 */
import { backoff } from '../backoff.ts';
import type { ClientApi } from '../client-api.ts';
import { Emitter } from '../emitter.ts';
import { asError, HooryError } from '../errors.ts';
import type { Patience } from '../patience.ts';
import { type FileLike, host, randomKey, type SignalLike, sleep } from '../platform.ts';
import type { Keep } from '../storage.ts';
import type { Message } from '../wire.ts';
import { Queue, type QueuedMessage } from './queue.ts';
import { uploader } from './upload.ts';

/** A message that the server has not taken yet. */
export interface PendingMessage {
  readonly echo_id: string;
  readonly content: string;
  readonly message_type: 0;
  /** Unix seconds. */
  readonly created_at: number;
  readonly files: readonly { name: string; type: string; size: number }[];
  readonly state: 'queued' | 'sending' | 'failed';
  /** 0 to 1, while files are uploaded and the platform tells. */
  readonly progress?: number;
  /** Why it failed. */
  readonly error?: HooryError;
}

export interface OutboxOptions {
  api: ClientApi;
  keep: Keep;
  patience: Patience;
  /** Display id of the conversation; creates it if need be. */
  placeId: (place: string) => Promise<number>;
  /** Looks after a 401 or 404 before it counts as refused. */
  heal: (place: string, status: number) => Promise<void>;
}

interface OutboxEvents {
  /** The pending messages of this place changed. */
  change: string;
  /** The conversation of this place has, or has got, this display id. */
  placed: { place: string; id: number };
  sent: { place: string; echo_id: string; message: Message };
}

interface Item {
  kept: QueuedMessage;
  /** Not in the kept list yet, so that its absence there says nothing. */
  fresh?: true;
  view: PendingMessage;
  files?: readonly FileLike[];
  abort?: () => void;
}

type Outcome = 'next' | 'later' | 'stop';

const UPLOAD_TIMEOUT = 10 * 60_000;

export class Outbox extends Emitter<OutboxEvents> {
  readonly #options: OutboxOptions;
  readonly #queue: Queue;
  readonly #items = new Map<string, Item>();
  /** Discarded or acknowledged, but perhaps still in the kept list. */
  readonly #gone = new Set<string>();
  /** Places being sent from; true when something was added meanwhile. */
  readonly #running = new Map<string, boolean>();
  #nap = new host.AbortController();
  #closed = false;

  constructor(options: OutboxOptions) {
    super();
    this.#options = options;
    this.#queue = new Queue(options.keep);
  }

  /** Takes up what an earlier page left behind. */
  async open(): Promise<void> {
    this.#closed = false;
    this.#queue.enter();
    for (const kept of await this.#queue.read()) {
      if (!this.#items.has(kept.echo_id)) this.#show({ kept, view: toView(kept) });
    }
    this.wake();
  }

  pending(place: string): PendingMessage[] {
    return [...this.#items.values()].filter(({ kept }) => kept.place === place).map(({ view }) => view);
  }

  /** Queues a message. Answers at once. */
  add(place: string, content: string, { files = [], echo_id = randomKey() }: SendOptions): string {
    const kept: QueuedMessage = {
      echo_id,
      place,
      content,
      created_at: Math.floor(Date.now() / 1000),
      ...(files.length && { files: files.map(describe), tab: this.#queue.tab }),
    };
    const item: Item = { kept, view: toView(kept), ...(files.length && { files }) };
    this.#show({ ...item, fresh: true });
    void this.#queue.add(kept).then(() => {
      if (this.#gone.has(echo_id)) return this.#queue.remove(echo_id);
      this.#items.set(echo_id, item);
      return this.#run(place);
    });
    return echo_id;
  }

  /** Sends a failed message again; without its files if they were lost. */
  async retry(echo_id: string): Promise<void> {
    const item = this.#items.get(echo_id);
    if (item?.view.state !== 'failed') return;
    const { refused: _, files, tab, ...kept } = item.kept;
    const again = item.files ? { ...kept, files, tab } : kept;
    this.#show({ ...item, kept: again, view: toView(again) });
    await this.#queue.put(again);
    await this.#run(again.place);
  }

  /** Gives a message up; cancels its upload. */
  async discard(echo_id: string): Promise<void> {
    this.#items.get(echo_id)?.abort?.();
    this.#gone.add(echo_id);
    this.#hide(echo_id);
    await this.#queue.remove(echo_id);
    // Those behind it need not wait for its next try.
    this.wake();
  }

  /**
   * The server has it, as its event says: nothing to send any more. Answers with the place; its `change` is left
   * to the caller, who has the message to show in the same breath.
   */
  acknowledge(echo_id: string): string | undefined {
    const place = this.#items.get(echo_id)?.kept.place;
    if (place === undefined) return undefined;
    this.#gone.add(echo_id);
    this.#items.delete(echo_id);
    void this.#queue.remove(echo_id);
    return place;
  }

  /** Forgets everything here; the kept list goes with the session. */
  clear(): void {
    for (const { kept, abort } of [...this.#items.values()]) {
      abort?.();
      this.#gone.add(kept.echo_id);
      this.#hide(kept.echo_id);
    }
  }

  /** Tries at once: the network or the page came back. */
  wake(): void {
    this.#nap.abort();
    this.#nap = new host.AbortController();
    for (const { kept } of this.#items.values()) void this.#run(kept.place);
  }

  /** Stops sending; what waits stays kept. */
  close(): void {
    this.#closed = true;
    this.#nap.abort();
    for (const { abort } of this.#items.values()) abort?.();
    this.#queue.leave();
  }

  async #run(place: string): Promise<void> {
    const busy = this.#running.has(place);
    this.#running.set(place, busy);
    if (busy) return;
    try {
      for (let attempt = 0; !this.#closed; ) {
        this.#running.set(place, false);
        const { outcome, wait } = await this.#options.keep.exclusively(`send:${place}`, () =>
          this.#sendNext(place, attempt),
        );
        if (outcome === 'later') {
          await sleep(wait ?? backoff(attempt, this.#options.patience.retry), this.#nap.signal);
          attempt++;
        } else if (outcome === 'next' || this.#running.get(place)) attempt = 0;
        else break;
      }
    } finally {
      this.#running.delete(place);
    }
  }

  /** Reads the list afresh: another tab may have sent or discarded the first in line. */
  async #sendNext(place: string, attempt: number): Promise<{ outcome: Outcome; wait?: number }> {
    const all = await this.#queue.read();
    const list = all.filter((kept) => kept.place === place && !this.#gone.has(kept.echo_id));
    for (const { kept, fresh } of this.#items.values()) {
      const isKept = fresh || list.some(({ echo_id }) => echo_id === kept.echo_id);
      if (kept.place === place && !isKept) this.#hide(kept.echo_id);
    }
    const kept = list.find(({ refused }) => !refused);
    if (!kept || this.#closed) return { outcome: 'stop' };
    const item = this.#items.get(kept.echo_id) ?? { kept, view: toView(kept) };
    if (kept.tab && !item.files) return { outcome: await this.#passOver(item, kept.tab) };
    try {
      const message = await this.#post(item);
      await this.#queue.remove(kept.echo_id);
      this.#items.delete(kept.echo_id);
      this.emit('sent', { place, echo_id: kept.echo_id, message });
      return { outcome: 'next' };
    } catch (thrown) {
      return this.#settle(item, asError(thrown), attempt);
    }
  }

  async #post(item: Item): Promise<Message> {
    const { echo_id, place, content } = item.kept;
    const abort = new host.AbortController();
    const sending = { ...item, abort: () => abort.abort() };
    this.#show({ ...sending, view: { ...item.view, state: 'sending' } });
    const conversation_id = await this.#options.placeId(place);
    this.emit('placed', { place, id: conversation_id });
    const { files } = item;
    const progress = (done: number) => {
      if (this.#items.has(echo_id))
        this.#show({ ...sending, view: { ...item.view, state: 'sending', progress: done } });
    };
    return this.#options.api.postMessage(
      { conversation_id, ...(content && { content }), echo_id },
      {
        signal: abort.signal as SignalLike,
        ...(files && { files: { attachments: files }, send: uploader(progress), timeout: UPLOAD_TIMEOUT }),
      },
    );
  }

  async #settle(
    item: Item,
    error: HooryError,
    attempt: number,
  ): Promise<{ outcome: Outcome; wait?: number }> {
    const { echo_id, place } = item.kept;
    if (this.#closed) return { outcome: 'stop' };
    if (!this.#items.has(echo_id)) return { outcome: 'next' };
    const mayHeal = error.status === 401 || error.status === 404;
    if (error.temporary || error.code === 'aborted' || (mayHeal && attempt === 0)) {
      this.#show({ ...item, view: toView(item.kept) });
      if (mayHeal) await this.#options.heal(place, error.status).catch(() => {});
      return { outcome: 'later', ...(error.retryAfter && { wait: error.retryAfter * 1000 }) };
    }
    await this.#refuse(item, error);
    return { outcome: 'next' };
  }

  /** Its files are in another tab, which sends it, or went with a tab that is gone. */
  async #passOver(item: Item, tab: string): Promise<Outcome> {
    if (await this.#queue.isAlive(tab)) return 'stop';
    await this.#refuse(
      item,
      new HooryError('attachments_lost', 'The files were lost when the page was closed'),
    );
    return 'next';
  }

  async #refuse(item: Item, { code, message, status, body }: HooryError): Promise<void> {
    const kept = { ...item.kept, refused: { code, message, status, body } };
    await this.#queue.put(kept);
    this.#show({ kept, view: toView(kept), ...(item.files && { files: item.files }) });
  }

  #show(item: Item): void {
    this.#items.set(item.kept.echo_id, item);
    this.emit('change', item.kept.place);
  }

  #hide(echo_id: string): void {
    const item = this.#items.get(echo_id);
    this.#items.delete(echo_id);
    if (item) this.emit('change', item.kept.place);
  }
}

export interface SendOptions {
  files?: readonly FileLike[];
  /** Names the message in every try; made up unless given. */
  echo_id?: string;
}

function toView({ echo_id, content, created_at, files = [], refused }: QueuedMessage): PendingMessage {
  return {
    echo_id,
    content,
    message_type: 0,
    created_at,
    files,
    state: refused ? 'failed' : 'queued',
    ...(refused && { error: new HooryError(refused.code, refused.message, refused) }),
  };
}

function describe(file: FileLike): { name: string; type: string; size: number } {
  return { name: file.name ?? 'file', type: file.type ?? '', size: 'size' in file ? file.size : 0 };
}
