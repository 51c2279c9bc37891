/** Stores what must survive a reload, and lets one tab at a time change it. */
import { host, type KeyValueStorage } from './platform.ts';

/**
 * JSON values in a storage under one prefix, for example `hoory:account-1:user-7:`. `localStorage` unless another storage
 * is given. A storage that fails (full, forbidden) is replaced by memory.
 */
export class JsonStorage {
  readonly #storage: KeyValueStorage;
  readonly #memory = new Map<string, string>();
  readonly #prefix: string;

  constructor(storage: KeyValueStorage | undefined, prefix: string) {
    this.#storage = storage ?? findStorage() ?? memoryStorage();
    this.#prefix = prefix;
  }

  async get<T>(name: string): Promise<T | undefined> {
    const key = this.#prefix + name;
    try {
      const text = this.#memory.get(key) ?? (await this.#storage.getItem(key));
      return text ? (JSON.parse(text) as T) : undefined;
    } catch {
      return undefined;
    }
  }

  async set(name: string, value: unknown): Promise<void> {
    const key = this.#prefix + name;
    const text = JSON.stringify(value);
    try {
      await this.#storage.setItem(key, text);
      this.#memory.delete(key);
    } catch {
      this.#memory.set(key, text);
    }
  }

  async remove(name: string): Promise<void> {
    const key = this.#prefix + name;
    this.#memory.delete(key);
    try {
      await this.#storage.removeItem(key);
    } catch {
      // A storage that forbids writing holds nothing to remove.
    }
  }

  /**
   * Runs `work` while it holds the lock `name`, alone in this tab and, where the platform has Web Locks, in all tabs of the
   * browser. Returns the result of `work`.
   */
  withLock<T>(name: string, work: () => Promise<T>): Promise<T> {
    const key = this.#prefix + name;
    const locks = host.navigator?.locks;
    return inTurn(key, () => (locks ? locks.request(key, work) : work()));
  }
}

/** A storage in the memory of the process. */
export function memoryStorage(): KeyValueStorage {
  const values = new Map<string, string>();
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => values.set(key, value),
    removeItem: (key) => values.delete(key),
  };
}

/** `localStorage`, unless it is missing or forbidden: in a sandboxed frame reading the property throws. */
function findStorage(): KeyValueStorage | undefined {
  try {
    return host.localStorage;
  } catch {
    return undefined;
  }
}

const turns = new Map<string, Promise<unknown>>();

function inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
  const turn = (turns.get(key) ?? Promise.resolve()).then(work, work);
  turns.set(key, turn);
  const leave = () => {
    if (turns.get(key) === turn) turns.delete(key);
  };
  turn.then(leave, leave);
  return turn;
}
