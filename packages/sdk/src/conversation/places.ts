/**
 * Which conversation a key stands for. A conversation may be written to before it exists: `current` is the newest
 * one or one yet to be made, `new-...` is one yet to be made, digits are a display id.
 */
import type { ClientApi } from '../client-api.ts';
import { randomKey } from '../platform.ts';
import type { Keep } from '../storage.ts';

export const CURRENT = 'current';

interface Place {
  id?: number;
  /** Makes creating it safe to repeat. */
  idempotency_key?: string;
  custom_attributes?: Record<string, unknown>;
}

type Kept = Record<string, Place>;

export class Places {
  readonly #api: ClientApi;
  readonly #keep: Keep;

  constructor(api: ClientApi, keep: Keep) {
    this.#api = api;
    this.#keep = keep;
  }

  /** A key for a conversation that its first message will create. */
  prepare(custom_attributes?: Record<string, unknown>): string {
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
    return this.#keep.exclusively(`place:${key}`, async () => {
      const found = await this.find(key);
      if (found !== undefined) return found;
      const place = (await this.#read())[key];
      const idempotencyKey = place?.idempotency_key ?? randomKey();
      await this.#update(key, { ...place, idempotency_key: idempotencyKey });
      const input = place?.custom_attributes ? { custom_attributes: place.custom_attributes } : {};
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

  #update(key: string, place: Place): Promise<void> {
    return this.#keep.exclusively('places', async () => {
      await this.#keep.set('places', { ...(await this.#read()), [key]: place });
    });
  }

  async #read(): Promise<Kept> {
    return (await this.#keep.get<Kept>('places')) ?? {};
  }
}
