/** Typing: sends the signal of this side, and keeps the set of users who type on the other side. */
import { host, type Timer } from '../platform.ts';
import { defaultTimeouts, type Timeouts } from '../timeouts.ts';

/** Sends "on" at the first key and at intervals while keys follow, "off" when they stop. */
export class TypingSignal {
  readonly #send: (status: 'on' | 'off') => void;
  readonly #timeouts: Timeouts;
  /** Milliseconds since the epoch; 0 while "off" is the last that was sent. */
  #sentAt = 0;
  #idle: Timer;

  constructor(send: (status: 'on' | 'off') => void, timeouts = defaultTimeouts) {
    this.#send = send;
    this.#timeouts = timeouts;
  }

  key(): void {
    host.clearTimeout(this.#idle);
    this.#idle = host.setTimeout(() => this.stop(), this.#timeouts.typingIdleMs);
    if (Date.now() - this.#sentAt < this.#timeouts.typingRepeatMs) return;
    this.#sentAt = Date.now();
    this.#send('on');
  }

  stop(): void {
    host.clearTimeout(this.#idle);
    if (!this.#sentAt) return;
    this.#sentAt = 0;
    this.#send('off');
  }
}

/** The users who type in one conversation. `off` removes a user, as does a time-out without another `on`. */
export class TypingUsers<User extends { id: number; type: string }> {
  readonly #users = new Map<string, { user: User; timer: Timer }>();
  readonly #changed: (users: User[]) => void;
  readonly #timeouts: Timeouts;

  constructor(changed: (users: User[]) => void, timeouts = defaultTimeouts) {
    this.#changed = changed;
    this.#timeouts = timeouts;
  }

  on(user: User): void {
    host.clearTimeout(this.#users.get(keyOf(user))?.timer);
    const timer = host.setTimeout(() => this.off(user), this.#timeouts.typingExpiryMs);
    this.#users.set(keyOf(user), { user, timer });
    this.#notify();
  }

  off(user: { id: number; type: string }): void {
    host.clearTimeout(this.#users.get(keyOf(user))?.timer);
    if (this.#users.delete(keyOf(user))) this.#notify();
  }

  clear(): void {
    for (const { user } of this.#users.values()) this.off(user);
  }

  #notify(): void {
    this.#changed([...this.#users.values()].map(({ user }) => user));
  }
}

/** A user and a bot may have the same id. */
function keyOf({ type, id }: { id: number; type: string }): string {
  return `${type} ${id}`;
}
