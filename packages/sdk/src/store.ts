/** A state that can be read and watched: the shape React's `useSyncExternalStore` asks for. */
import { call } from './emitter.ts';

export class Store<State extends object> {
  #state: State;
  readonly #listeners = new Set<() => void>();

  constructor(initial: State) {
    this.#state = initial;
  }

  /** The state now. A new object after every change, the same one until then. */
  readonly getState = (): State => this.#state;

  /** Calls `listener` after every change. Answers with what stops it. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };

  protected set(change: Partial<State>): void {
    const keys = Object.keys(change) as (keyof State)[];
    if (keys.every((key) => Object.is(this.#state[key], change[key]))) return;
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) call(listener, undefined);
  }
}
