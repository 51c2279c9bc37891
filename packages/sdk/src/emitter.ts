/** Listeners by event name, called in the order in which they were added. */
import { host } from './platform.ts';

export type Listener<T> = (value: T) => void;

/**
 * A listener of any event. TypeScript compares the parameters of a method in both directions, so that one set type holds the
 * listeners of every name; the signatures of `on` and `emit` give each listener the values of its own name only.
 */
type AnyListener = { call(value: unknown): void }['call'];

export class Emitter<Events extends object> {
  readonly #listeners = new Map<PropertyKey, Set<AnyListener>>();

  /** Calls `listener` at every event `name`. Returns the function that removes it. */
  on<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => {
      listeners.delete(listener);
    };
  }

  /** Calls the listeners of `name`. */
  emit<Name extends keyof Events>(name: Name, value: Events[Name]): void {
    this.emitReceived(name, value);
  }

  /** Like `emit`, for an event that the server has sent: its name and payload are trusted, not checked. */
  emitReceived(name: PropertyKey, value: unknown): void {
    for (const listener of this.#listeners.get(name) ?? []) call(listener, value);
  }
}

/** Calls a listener of the app. An error of the listener is reported as uncaught and does not stop the caller. */
export function call<T>(listener: Listener<T>, value: T): void {
  try {
    listener(value);
  } catch (error) {
    host.setTimeout(() => {
      throw error;
    }, 0);
  }
}
