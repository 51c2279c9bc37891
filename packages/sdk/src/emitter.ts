/** Named, typed events. */
import { host } from './platform.ts';

export type Listener<T> = (value: T) => void;

export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<Listener<never>>>();

  /** Calls `listener` at every `name`. Answers with what stops it. */
  on<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener as Listener<never>));
    return () => {
      listeners.delete(listener as Listener<never>);
    };
  }

  emit<Name extends keyof Events>(name: Name, value: Events[Name]): void {
    for (const listener of this.#listeners.get(name) ?? []) call(listener as Listener<Events[Name]>, value);
  }
}

/** A listener that throws is the app's mistake: reported as uncaught, without breaking who called it. */
export function call<T>(listener: Listener<T>, value: T): void {
  try {
    listener(value);
  } catch (error) {
    host.setTimeout(() => {
      throw error;
    }, 0);
  }
}
