/** A state that can be read and watched: the shape React's `useSyncExternalStore` asks for. */
import { Emitter } from './emitter.ts';

export class Store<State extends object> {
  #state: State;
  readonly #changes = new Emitter<{ change: undefined }>();

  constructor(initial: State) {
    this.#state = initial;
  }

  /** The state now. A new object after every change, the same one until then. */
  readonly getState = (): State => this.#state;

  /** Calls `listener` after every change. Returns the function that removes it. */
  readonly subscribe = (listener: () => void): (() => void) => this.#changes.on('change', listener);

  /** Merges `change` into the state; listeners are called unless every value is the same as before. */
  protected set(change: Partial<State>): void {
    let isChanged = false;
    for (const key in change) isChanged ||= !Object.is(this.#state[key], change[key]);
    if (!isChanged) return;
    this.#state = { ...this.#state, ...change };
    this.#changes.emit('change', undefined);
  }
}
