/** The bus of one node. Without a link it is the whole bus of a single process. */
import type { Bus, BusState, NodeLink, Notice, SharedNotice } from './bus.ts';

/** Opens a bus that calls its subscribers during `publish`, in the order of their subscription. */
export const openBus = (): Bus => new NodeBus();

const connected = Promise.resolve();

class NodeBus implements Bus {
  readonly #listeners = new Set<(notice: Notice) => void>();
  readonly #gapListeners = new Set<() => void>();
  /** Number of followers by topic. */
  readonly #followed = new Map<string, number>();
  #link: NodeLink | undefined;

  publish(notice: SharedNotice): void {
    this.deliver(notice);
    this.#link?.send(notice);
  }

  deliver(notice: Notice): void {
    for (const listener of this.#listeners) listener(notice);
  }

  subscribe(listener: (notice: Notice) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  follow(topics: readonly string[]): Promise<void> {
    for (const topic of topics) this.#followed.set(topic, (this.#followed.get(topic) ?? 0) + 1);
    return this.#link?.follow(topics) ?? connected;
  }

  unfollow(topics: readonly string[]): void {
    const unused: string[] = [];
    for (const topic of topics) {
      const count = (this.#followed.get(topic) ?? 0) - 1;
      if (count > 0) this.#followed.set(topic, count);
      else if (this.#followed.delete(topic)) unused.push(topic);
    }
    if (unused.length) this.#link?.unfollow(unused);
  }

  isFollowed(topic: string): boolean {
    return this.#followed.has(topic);
  }

  notifyGap(): void {
    for (const listener of this.#gapListeners) listener();
  }

  onGap(listener: () => void): () => void {
    this.#gapListeners.add(listener);
    return () => this.#gapListeners.delete(listener);
  }

  state(): BusState {
    return this.#link?.state() ?? 'ok';
  }

  connect(link: NodeLink): void {
    this.#link = link;
    void link.follow([...this.#followed.keys()]);
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    this.#gapListeners.clear();
    await this.#link?.close();
  }
}
