/**
 * Which conversation a key stands for. A conversation may be written to before it exists: `current` is the newest
 * one or one yet to be made, `new-...` is one yet to be made, digits are a display id.
 */
import type { ClientApi } from '../client-api.ts';
import { randomKey } from '../platform.ts';
import type { JsonStorage } from '../storage.ts';

export const CURRENT = 'current';

interface Entry {
  id?: number;
  /** Makes creating it safe to repeat. */
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

  /** A key for a conversation that its first message will create. */
  reserve(custom_attributes?: Record<string, unknown>): string {
    const key = `new-${randomKey()}`;
    void this.#update(key, { custom_attributes });
    return key;
  }

  /** Display id, undefined while there is no conversation. */
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

  /** Display id, of a new conversation if need be. */
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

  /** The conversation behind the key is gone. */
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
