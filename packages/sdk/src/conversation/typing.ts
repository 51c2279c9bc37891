/** Typing: telling the agents, and watching them. */

import { host, type Timer } from '../platform.ts';
import type { Timeouts } from '../timeouts.ts';

/** Says "on" at the first key and now and then after, "off" when the keys stop. */
export class TypingSignal {
  readonly #say: (status: 'on' | 'off') => void;
  readonly #timeouts: Timeouts;
  #saidAt = 0;
  #idle: Timer;

  constructor(say: (status: 'on' | 'off') => void, timeouts: Timeouts) {
    this.#say = say;
    this.#timeouts = timeouts;
  }

  key(): void {
    host.clearTimeout(this.#idle);
    this.#idle = host.setTimeout(() => this.stop(), this.#timeouts.typingIdleMs);
    if (Date.now() - this.#saidAt < this.#timeouts.typingRepeatMs) return;
    this.#saidAt = Date.now();
    this.#say('on');
  }

  stop(): void {
    host.clearTimeout(this.#idle);
    if (!this.#saidAt) return;
    this.#saidAt = 0;
    this.#say('off');
  }
}

/** Who types, until they stop or nothing more is heard of it. */
export class Typists<User extends { id: number; type: string }> {
  readonly #users = new Map<string, { user: User; timer: Timer }>();
  readonly #changed: (users: User[]) => void;
  readonly #timeouts: Timeouts;

  constructor(changed: (users: User[]) => void, timeouts: Timeouts) {
    this.#changed = changed;
    this.#timeouts = timeouts;
  }

  on(user: User): void {
    host.clearTimeout(this.#users.get(keyOf(user))?.timer);
    const timer = host.setTimeout(() => this.off(user), this.#timeouts.typingExpiryMs);
    this.#users.set(keyOf(user), { user, timer });
    this.#tell();
  }

  off(user: { id: number; type: string }): void {
    host.clearTimeout(this.#users.get(keyOf(user))?.timer);
    if (this.#users.delete(keyOf(user))) this.#tell();
  }

  clear(): void {
    for (const { timer } of this.#users.values()) host.clearTimeout(timer);
    if (!this.#users.size) return;
    this.#users.clear();
    this.#tell();
  }

  #tell(): void {
    this.#changed([...this.#users.values()].map(({ user }) => user));
  }
}

/** A user and a bot may have the same id. */
function keyOf({ type, id }: { id: number; type: string }): string {
  return `${type} ${id}`;
}
