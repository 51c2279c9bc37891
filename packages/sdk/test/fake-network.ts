/**
 * A server behind a network that a test controls request by request, and tabs of one browser with an outbox each: they
 * share a storage and the locks of the platform. Nothing here waits for a clock.
 */
import { HooryError } from '../src/errors.ts';
import { Outbox } from '../src/outbox/outbox.ts';
import type { KeyValueStorage, LockManager } from '../src/platform.ts';
import { JsonStorage, memoryStorage } from '../src/storage.ts';

export interface Text {
  content: string;
}

/** A message on its way to the server. */
export interface Posted {
  echo_id: string;
  place: string;
  content: string;
  hasFiles: boolean;
  tab: Tab;
  /** The tab still waits for an answer. */
  isAwaited: boolean;
  answer: (stored: Stored) => void;
  fail: (error: HooryError) => void;
}

export interface Stored {
  echo_id: string;
  place: string;
  content: string;
}

/** Waits of a test end by `wake` only. */
const retry = { minMs: 3_600_000, maxMs: 3_600_000 };

export class FakeNetwork {
  /** Every request that was ever sent, in order. */
  readonly posted: Posted[] = [];
  /** The messages of the server, in order; a repeat of an `echo_id` is stored once. */
  readonly stored: Stored[] = [];
  readonly storage = memoryStorage();

  /** Requests whose tab waits for an answer. */
  get awaited(): Posted[] {
    return this.posted.filter(({ isAwaited }) => isAwaited);
  }

  /** The server takes the message; the answer may still be lost. */
  arrive({ echo_id, place, content }: Posted): Stored {
    const known = this.stored.find((one) => one.echo_id === echo_id);
    if (known) return known;
    const stored = { echo_id, place, content };
    this.stored.push(stored);
    return stored;
  }

  answer(request: Posted): void {
    request.answer(this.arrive(request));
  }

  has(echo_id: string): boolean {
    return this.stored.some((one) => one.echo_id === echo_id);
  }
}

/** A page with an outbox. */
export class Tab {
  readonly sent: Stored[] = [];
  readonly outbox: Outbox<Text, Stored>;
  #isGone = false;

  constructor(network: FakeNetwork) {
    const { storage } = network;
    // A page that is gone writes nothing more.
    const own: KeyValueStorage = {
      getItem: (key) => storage.getItem(key),
      setItem: (key, value) => (this.#isGone ? undefined : storage.setItem(key, value)),
      removeItem: (key) => storage.removeItem(key),
    };
    this.outbox = new Outbox<Text, Stored>({
      storage: new JsonStorage(own, 'test:'),
      retry,
      post: ({ echo_id, place, content }, { signal, files }) =>
        new Promise((resolve, reject) => {
          const request: Posted = {
            echo_id,
            place,
            content,
            hasFiles: files !== undefined,
            tab: this,
            isAwaited: true,
            answer: (stored) => settle(() => resolve(stored)),
            fail: (error) => settle(() => reject(error)),
          };
          const settle = (act: () => void) => {
            request.isAwaited = false;
            act();
          };
          signal?.addEventListener('abort', () => request.fail(new HooryError('aborted', 'Cancelled')));
          network.posted.push(request);
        }),
    });
    this.outbox.on('sent', ({ answer }) => this.sent.push(answer));
  }

  /** The page ends without a warning. */
  vanish(): void {
    this.#isGone = true;
    this.outbox.close();
  }
}

/** Resolves when everything that waits for no clock and no answer has been done. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** `navigator.locks`, as far as the outbox uses it: exclusive locks, granted in the order they were asked for. */
export function createLocks(): LockManager {
  const queues = new Map<string, Promise<unknown>>();
  const hold = <T>(name: string, work: (lock: unknown) => Promise<T>): Promise<T> => {
    const turn = (queues.get(name) ?? Promise.resolve()).then(
      () => work({ name }),
      () => work({ name }),
    );
    queues.set(name, turn);
    const leave = () => {
      if (queues.get(name) === turn) queues.delete(name);
    };
    turn.then(leave, leave);
    return turn;
  };
  return {
    request: <T>(
      name: string,
      options: { ifAvailable: true } | ((lock: unknown) => Promise<T>),
      work?: (lock: unknown) => Promise<T>,
    ): Promise<T> => {
      if (typeof options === 'function') return hold(name, options);
      const then = work as (lock: unknown) => Promise<T>;
      return queues.has(name) ? then(null) : hold(name, then);
    },
  };
}
