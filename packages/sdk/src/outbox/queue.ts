/** The messages that wait to be sent, as they are stored: one list for all tabs, in the order they were written. */
import type { ErrorCode } from '../errors.ts';
import { host, randomKey } from '../platform.ts';
import type { JsonStorage } from '../storage.ts';

export interface QueuedMessage<Message> {
  echo_id: string;
  /** Names the conversation; messages of one place are sent in order. */
  place: string;
  message: Message;
  /** Unix seconds. */
  created_at: number;
  /** Files are in the memory of the tab `tab` only. */
  files?: { name: string; type: string; size: number }[];
  tab?: string;
  /** Why the server refused it. */
  refused?: { code: ErrorCode; message: string; status: number; body?: unknown };
}

export class Queue<Message> {
  readonly #storage: JsonStorage;
  readonly tab = randomKey();
  #leave: () => void = () => {};

  constructor(storage: JsonStorage) {
    this.#storage = storage;
  }

  /** Calls `look` with the list while no tab can change it. */
  read<T>(look: (list: QueuedMessage<Message>[]) => T): Promise<T> {
    return this.#withList(async (list) => look(list));
  }

  add(message: QueuedMessage<Message>): Promise<void> {
    return this.#update((list) => [...list, message]);
  }

  put(message: QueuedMessage<Message>): Promise<void> {
    return this.#update((list) => list.map((one) => (one.echo_id === message.echo_id ? message : one)));
  }

  remove(echo_id: string): Promise<void> {
    return this.#update((list) => list.filter((one) => one.echo_id !== echo_id));
  }

  /** Holds a Web Lock with the name of this tab until it closes, by which other tabs see that it is open. */
  enter(): void {
    const locks = host.navigator?.locks;
    this.#leave();
    void locks?.request(this.#name(this.tab), () => new Promise<void>((resolve) => (this.#leave = resolve)));
  }

  leave(): void {
    this.#leave();
  }

  /** Whether `tab` is another tab that is open. Without Web Locks no other tab is known to be open. */
  async isElsewhere(tab: string): Promise<boolean> {
    const locks = host.navigator?.locks;
    if (tab === this.tab || !locks) return false;
    return locks.request(this.#name(tab), { ifAvailable: true }, async (lock) => !lock);
  }

  #name(tab: string): string {
    return `hoory:tab:${tab}`;
  }

  #update(change: (list: QueuedMessage<Message>[]) => QueuedMessage<Message>[]): Promise<void> {
    return this.#withList((list) => this.#storage.set('outbox', change(list)));
  }

  #withList<T>(work: (list: QueuedMessage<Message>[]) => Promise<T>): Promise<T> {
    return this.#storage.withLock('outbox', async () =>
      work((await this.#storage.get<QueuedMessage<Message>[]>('outbox')) ?? []),
    );
  }
}
