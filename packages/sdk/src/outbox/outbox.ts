/**
 * Queues messages, stores them, and sends them in order per conversation until the server has them. Every attempt of a
 * message carries the same `echo_id`, by which the server recognises a repeat and the outbox the message's own event.
 * The caller says how a message is posted; the outbox knows neither the Client API nor the agent API.
 */
import { type BackoffOptions, backoff } from '../backoff.ts';
import type { CallOptions } from '../call.ts';
import { Emitter } from '../emitter.ts';
import { asError, HooryError } from '../errors.ts';
import { type FileLike, host, onStorage, onWake, randomKey, sleep } from '../platform.ts';
import type { JsonStorage } from '../storage.ts';
import { Queue, type QueuedMessage } from './queue.ts';
import { uploader } from './upload.ts';

/** A message that is not stored by the server yet: the fields given to `add`, and its state. */
export type Pending<Message> = Message & {
  readonly echo_id: string;
  /** Unix seconds. */
  readonly created_at: number;
  readonly files: readonly { name: string; type: string; size: number }[];
  readonly state: 'queued' | 'sending' | 'failed';
  /** 0 to 1, during an upload on platforms that report it. */
  readonly progress?: number;
  /** Why it failed. On a queued message: why the last attempt failed; it is repeated without being asked. */
  readonly error?: HooryError;
};

export interface OutboxOptions<Message, Answer> {
  /** Give every user a prefix of their own: an outbox sends everything that is queued in its `JsonStorage`. */
  storage: JsonStorage;
  /**
   * Sends one message. The request carries `echo_id`; `call` is for the call: signal, files as the field
   * `attachments`, upload progress, time limit. Throws `HooryError`: a `temporary` one is tried again, `aborted` and
   * `closed` as well, any other marks the message as failed.
   */
  post: (message: Message & Address, call: CallOptions) => Promise<Answer>;
  /** Backoff between attempts, in milliseconds. */
  retry: BackoffOptions;
  /** Called once per message after a 401 or 404, to open the session or to forget the conversation. The message is then retried. */
  recover?: (place: string, status: number) => Promise<void>;
}

/** Names a message and its conversation, as they were given to `add`. */
export interface Address {
  place: string;
  echo_id: string;
}

export interface OutboxEvents<Answer> {
  /** The pending messages of this place changed. */
  change: string;
  /** The server has the message and answered. */
  sent: Address & { answer: Answer };
}

export interface SendOptions {
  files?: readonly FileLike[];
  /** Names the message in every attempt; made up unless given. */
  echo_id?: string;
}

interface Item<Message> {
  kept: QueuedMessage<Message>;
  view: Pending<Message>;
  files?: readonly FileLike[] | undefined;
  abort?: () => void;
  /** Attempts that failed since it was queued or retried. */
  failures?: number;
  /** `recover` has been called for it. */
  recovered?: boolean;
}

const UPLOAD_TIMEOUT = 10 * 60_000;

/**
 * A durable queue for `Message`s, which must be JSON. Several tabs may open one on the same storage: Web Locks let one
 * of them send at a time, and each sends what a closed one has left. Files are kept in memory only.
 */
export class Outbox<Message extends object, Answer> extends Emitter<OutboxEvents<Answer>> {
  readonly #options: OutboxOptions<Message, Answer>;
  readonly #queue: Queue<Message>;
  readonly #items = new Map<string, Item<Message>>();
  /** Not in the stored list yet, so that their absence there says nothing. */
  readonly #fresh = new Set<string>();
  /** Discarded or acknowledged, but perhaps still in the stored list. */
  readonly #removed = new Set<string>();
  /** Places being sent from; true when something was added meanwhile. */
  readonly #running = new Map<string, boolean>();
  #wait = new host.AbortController();
  #stops: (() => void)[] = [];
  #closed = false;

  constructor(options: OutboxOptions<Message, Answer>) {
    super();
    this.#options = options;
    this.#queue = new Queue(options.storage);
  }

  /** Sends what earlier pages and closed tabs have left, and watches the network, the page and the other tabs. */
  async open(): Promise<void> {
    this.close();
    this.#closed = false;
    this.#wait = new host.AbortController();
    this.#queue.enter();
    this.#stops = [onWake(() => this.wake()), onStorage(() => void this.#refresh())];
    await this.#refresh();
  }

  /** The messages of one place that wait or failed, in the order they were written. */
  pending(place: string): Pending<Message>[] {
    return [...this.#items.values()].filter(({ kept }) => kept.place === place).map(({ view }) => view);
  }

  /** Queues a message and answers with its `echo_id`. It is shown as pending at once. */
  add(place: string, message: Message, { files = [], echo_id = randomKey() }: SendOptions = {}): string {
    const kept: QueuedMessage<Message> = {
      echo_id,
      place,
      message,
      created_at: Math.floor(Date.now() / 1000),
      ...(files.length && { files: files.map(describe) }),
    };
    this.#enqueue(kept, files.length ? files : undefined);
    return echo_id;
  }

  /** Sends a failed message again; without its files if they were lost. A tab that is open and has them sends them. */
  async retry(echo_id: string): Promise<void> {
    const item = this.#items.get(echo_id);
    if (item?.view.state !== 'failed') return;
    const { refused, files, tab, ...kept } = item.kept;
    const areKept = tab && refused?.code !== 'attachments_lost' && (await this.#queue.isElsewhere(tab));
    const hasFiles = item.files || areKept;
    const again = hasFiles ? { ...kept, files, tab } : kept;
    this.#show({ kept: again, view: toView(again), files: item.files });
    await this.#queue.put(again);
    this.wake();
  }

  /**
   * Gives a message up and cancels its upload. Returns the function that undoes it: the message is queued or failed as
   * before, without files that are in another tab.
   */
  discard(echo_id: string): () => void {
    const item = this.#items.get(echo_id);
    this.#removed.add(echo_id);
    this.#hide(echo_id);
    // The messages behind it need not wait for its next attempt.
    const removed = this.#queue.remove(echo_id).then(() => this.wake());
    return () => void (item && removed.then(() => this.#enqueue(item.kept, item.files)));
  }

  /**
   * Removes a message whose event has come: the server has stored it. Returns its place. `change` is not emitted: the caller
   * emits it after it has shown the event, so that the message never disappears between the two.
   */
  acknowledge(echo_id: string): string | undefined {
    const place = this.#items.get(echo_id)?.kept.place;
    if (place === undefined) return undefined;
    this.#removed.add(echo_id);
    this.#items.delete(echo_id);
    void this.#queue.remove(echo_id);
    return place;
  }

  /** Forgets everything in memory; the stored list is the caller's to remove. */
  clear(): void {
    for (const echo_id of [...this.#items.keys()]) {
      this.#removed.add(echo_id);
      this.#hide(echo_id);
    }
  }

  /** Tries at once: the network, the page or the live connection came back. */
  wake(): void {
    this.#wait.abort();
    this.#wait = new host.AbortController();
    void this.#refresh();
  }

  /** Stops sending; what waits stays stored. `open` goes on. */
  close(): void {
    this.#closed = true;
    this.#wait.abort();
    for (const stop of this.#stops) stop();
    for (const { abort } of this.#items.values()) abort?.();
    this.#queue.leave();
  }

  #enqueue(message: QueuedMessage<Message>, files: Item<Message>['files']): void {
    const { echo_id, place } = message;
    const kept = message.files ? { ...message, tab: this.#queue.tab } : message;
    this.#removed.delete(echo_id);
    this.#fresh.add(echo_id);
    this.#show({ kept, view: toView(kept), files });
    void this.#queue.add(kept).then(() => {
      this.#fresh.delete(echo_id);
      return this.#removed.has(echo_id) ? this.#queue.remove(echo_id) : this.#run(place);
    });
  }

  /** Reads the stored queue, and starts to send each place. */
  async #refresh(): Promise<void> {
    await this.#queue.read((list) => this.#follow(list));
    for (const item of this.#items.values()) {
      const { place, tab, refused } = item.kept;
      // Not only in its turn: until then it would seem to be sent.
      if (tab && !item.files && !refused) await this.#skip(item, tab);
      void this.#run(place);
    }
  }

  /** Brings the items to what other tabs have added, sent, refused, retried or discarded. */
  #follow(list: readonly QueuedMessage<Message>[]): void {
    const isAbsent = (echo_id: string) =>
      !this.#fresh.has(echo_id) && !list.some((kept) => kept.echo_id === echo_id);
    for (const echo_id of [...this.#items.keys()]) if (isAbsent(echo_id)) this.#hide(echo_id);
    // If it is stored again later, another tab has taken its discard back.
    for (const echo_id of this.#removed) if (isAbsent(echo_id)) this.#removed.delete(echo_id);
    for (const kept of list) {
      const item = this.#items.get(kept.echo_id);
      if (this.#removed.has(kept.echo_id) || (item && !item.kept.refused === !kept.refused)) continue;
      this.#show({ ...item, kept, view: toView(kept) });
    }
  }

  async #run(place: string): Promise<void> {
    const busy = this.#running.has(place);
    this.#running.set(place, busy);
    if (busy) return;
    try {
      for (let wait: number | undefined = 0; !this.#closed; ) {
        this.#running.set(place, false);
        wait = await this.#options.storage.withLock(`send:${place}`, () => this.#sendNext(place));
        if (wait) await sleep(wait, this.#wait.signal);
        else if (wait === undefined && !this.#running.get(place)) break;
      }
    } finally {
      this.#running.delete(place);
    }
  }

  /**
   * Sends the first message in line, which another tab may have changed. Returns the milliseconds to wait before the
   * next attempt, undefined when the queue is empty.
   */
  async #sendNext(place: string): Promise<number | undefined> {
    const kept = await this.#queue.read((list) => {
      this.#follow(list);
      return list.find((one) => one.place === place && !one.refused && !this.#removed.has(one.echo_id));
    });
    const item = kept && this.#items.get(kept.echo_id);
    if (!item || this.#closed) return undefined;
    const { echo_id, tab } = kept;
    if (tab && !item.files) return this.#skip(item, tab);
    try {
      const answer = await this.#post(item);
      this.#removed.add(echo_id);
      this.#items.delete(echo_id);
      this.emit('sent', { place, echo_id, answer });
      await this.#queue.remove(echo_id);
      return 0;
    } catch (thrown) {
      return this.#settle(echo_id, asError(thrown));
    }
  }

  #post(item: Item<Message>): Promise<Answer> {
    const { files } = item;
    const { echo_id, place, message } = item.kept;
    const abort = new host.AbortController();
    const show = (progress: Pick<Pending<object>, 'progress'>) =>
      this.#show({
        ...item,
        abort: () => abort.abort(),
        view: { ...item.view, state: 'sending', ...progress },
      });
    show({});
    const progress = (done: number) => {
      if (this.#items.has(echo_id)) show({ progress: done });
    };
    return this.#options.post(
      { ...message, place, echo_id },
      {
        signal: abort.signal,
        ...(files && { files: { attachments: files }, send: uploader(progress), timeout: UPLOAD_TIMEOUT }),
      },
    );
  }

  async #settle(echo_id: string, error: HooryError): Promise<number> {
    const item = this.#items.get(echo_id);
    if (!item || this.#closed) return 0;
    const { kept, failures = 0 } = item;
    const { status, code, retryAfter } = error;
    const recover = !item.recovered && (status === 401 || status === 404) && this.#options.recover;
    if (!recover && !error.temporary && code !== 'aborted' && code !== 'closed')
      return this.#refuse(item, error);
    const recovered = item.recovered || !!recover;
    this.#show({ ...item, view: { ...toView(kept), error }, failures: failures + 1, recovered });
    if (recover) await recover(kept.place, status).catch(() => {});
    return retryAfter ? retryAfter * 1000 : backoff(failures, this.#options.retry);
  }

  /** Leaves a message to the open tab that has its files, and marks it as failed when that tab is closed. */
  async #skip(item: Item<Message>, tab: string): Promise<number> {
    if (await this.#queue.isElsewhere(tab)) return this.#options.retry.minMs;
    return this.#refuse(item, new HooryError('attachments_lost', 'The files are lost'));
  }

  async #refuse(item: Item<Message>, { code, message, status, body }: HooryError): Promise<number> {
    const kept = { ...item.kept, refused: { code, message, status, body } };
    await this.#queue.put(kept);
    // The message may have been discarded or acknowledged while the list was written.
    if (this.#items.has(kept.echo_id)) this.#show({ ...item, kept, view: toView(kept) });
    return 0;
  }

  #show(item: Item<Message>): void {
    this.#items.set(item.kept.echo_id, item);
    this.emit('change', item.kept.place);
  }

  #hide(echo_id: string): void {
    const item = this.#items.get(echo_id);
    this.#items.delete(echo_id);
    item?.abort?.();
    if (item) this.emit('change', item.kept.place);
  }
}

function toView<Message>(kept: QueuedMessage<Message>): Pending<Message> {
  const { echo_id, message, created_at, files = [], refused } = kept;
  return {
    ...message,
    echo_id,
    created_at,
    files,
    state: refused ? 'failed' : 'queued',
    ...(refused && { error: new HooryError(refused.code, refused.message, refused) }),
  };
}

function describe(file: FileLike): { name: string; type: string; size: number } {
  return { name: file.name ?? 'file', type: file.type ?? '', size: 'size' in file ? file.size : 0 };
}
