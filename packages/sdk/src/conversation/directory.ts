/**
 * Maps the place of a conversation to its display id. A customer can write before the conversation exists, so a place is `current`
 * (the newest conversation, or one that its first message creates), `new-...` (one that its first message creates) or a display id.
 */
import type { ClientApi } from '../client-api.ts';
import { randomKey } from '../platform.ts';
import type { JsonStorage } from '../storage.ts';

export const CURRENT = 'current';

interface Entry {
  id?: number;
  /** Stored before the conversation is created: a repeat after a lost answer creates no second one. */
  idempotency_key?: string;
  custom_attributes?: Record<string, unknown>;
}

type Entries = Record<string, Entry>;

export class ConversationDirectory {
  readonly #api: ClientApi;
  readonly #storage: JsonStorage;

  constructor(api: ClientApi, storage: JsonStorage) {
    this.#api = api;
    this.#storage = storage;
  }

  /** Returns a new place, whose first message will create a conversation. */
  reserve(custom_attributes?: Record<string, unknown>): string {
    const key = `new-${randomKey()}`;
    void this.#update(key, { custom_attributes });
    return key;
  }

  /** Returns the display id, undefined while there is no conversation. */
  async find(key: string): Promise<number | undefined> {
    if (/^\d+$/.test(key)) return Number(key);
    const id = (await this.#read())[key]?.id;
    if (id !== undefined || key !== CURRENT) return id;
    const ids = (await this.#api.listConversations()).map((conversation) => conversation.id);
    if (!ids.length) return undefined;
    const newest = Math.max(...ids);
    await this.#update(CURRENT, { id: newest });
    return newest;
  }

  /** Returns the display id; creates the conversation when there is none. */
  get(key: string): Promise<number> {
    return this.#storage.withLock(`place:${key}`, async () => {
      const found = await this.find(key);
      if (found !== undefined) return found;
      const entry = (await this.#read())[key];
      const idempotencyKey = entry?.idempotency_key ?? randomKey();
      await this.#update(key, { ...entry, idempotency_key: idempotencyKey });
      const input = entry?.custom_attributes ? { custom_attributes: entry.custom_attributes } : {};
      const { id } = await this.#api.createConversation(input, { idempotencyKey });
      await this.#update(key, { id });
      await this.#update(CURRENT, { id });
      return id;
    });
  }

  /** Forgets the display id, because the server no longer has the conversation. */
  forget(key: string): Promise<void> {
    return this.#update(key, {});
  }

  #update(key: string, entry: Entry): Promise<void> {
    return this.#storage.withLock('places', async () => {
      await this.#storage.set('places', { ...(await this.#read()), [key]: entry });
    });
  }

  async #read(): Promise<Entries> {
    return (await this.#storage.get<Entries>('places')) ?? {};
  }
}
