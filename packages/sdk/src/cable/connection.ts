/** Keeps one WebSocket open: dials, watches for silence, dials again with backoff. Leaves subscriptions to `cable.ts`. */
import { backoff } from '../backoff.ts';
import { host, type SocketConstructor, type SocketLike, type Timer } from '../platform.ts';
import type { Timeouts } from '../timeouts.ts';
import type { ClientCommand } from '../wire.ts';
import { type Frame, SUBPROTOCOLS, toFrame } from './frames.ts';
import { Monitor } from './monitor.ts';
import type { SubscriptionConnection } from './subscription.ts';

export interface ConnectionListener {
  /** A socket is welcomed. `restored` has the identifiers that the server took over from the socket before (cable.md section D.1). */
  up(restored: readonly string[]): void;
  frame(frame: Frame): void;
  /** The socket is gone, or could not be opened. */
  down(): void;
  /** The server closed the connection and asks not to reconnect with the same credentials. */
  refused(): void;
}

export interface ConnectionOptions {
  url: string;
  WebSocket: SocketConstructor | undefined;
  timeouts: Timeouts;
  listener: ConnectionListener;
}

export class Connection implements SubscriptionConnection {
  readonly timeouts: Timeouts;
  readonly #options: ConnectionOptions;
  readonly #monitor = new Monitor(() => this.#silent());
  #socket: SocketLike | undefined;
  /** The socket has its welcome. */
  isUp = false;
  /** Failed attempts in a row since the last welcome. */
  failures = 0;
  #sid = '';
  /** Exponent of the backoff. Only a ping resets it, not a welcome: a server may crash right after its welcome. */
  #attempt = 0;
  #timer: Timer;
  #stopped = true;
  /** Resolvers of `dialNow`. */
  readonly #dialling: (() => void)[] = [];

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.timeouts = options.timeouts;
  }

  /** Whether the server speaks the extended protocol: it keeps positions and can replay. */
  get isExtended(): boolean {
    return this.#sid !== '';
  }

  open(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    this.#dial();
  }

  close(): void {
    this.#stopped = true;
    this.#sid = '';
    host.clearTimeout(this.#timer);
    this.#closeSocket();
    this.#settle();
  }

  /** Dials now if it is waiting to; checks that an open socket is alive. */
  wake(): void {
    if (this.#stopped) return;
    if (!this.#socket) this.#dial();
    else if (this.#monitor.isSilent()) this.#drop(this.#socket);
  }

  /** Dials now if it is waiting to, and resolves when that has succeeded or failed. */
  dialNow(): Promise<void> {
    this.wake();
    if (this.#stopped || this.isUp || !this.#socket) return Promise.resolve();
    return new Promise((resolve) => this.#dialling.push(resolve));
  }

  send(command: ClientCommand): void {
    if (this.isUp) this.#socket?.send(JSON.stringify(command));
  }

  #dial(): void {
    host.clearTimeout(this.#timer);
    const { url, WebSocket, timeouts } = this.#options;
    try {
      const socket = new WebSocket!(
        this.#sid ? `${url}?sid=${encodeURIComponent(this.#sid)}` : url,
        SUBPROTOCOLS,
      );
      this.#socket = socket;
      this.#monitor.start(timeouts.welcomeMs);
      socket.addEventListener('message', ({ data }) => this.#receive(socket, data));
      socket.addEventListener('close', () => this.#drop(socket));
      socket.addEventListener('error', () => this.#drop(socket));
    } catch {
      // `WebSocket` is undefined here, or a content security policy forbids the address.
      this.#closeSocket();
      this.#failed();
    }
  }

  #receive(socket: SocketLike, text: unknown): void {
    const frame = toFrame(text);
    if (socket !== this.#socket || !frame) return;
    this.#monitor.heard();
    const { listener, timeouts } = this.#options;
    if (frame.type === 'welcome') {
      this.#sid = frame.sid ?? '';
      this.isUp = true;
      this.failures = 0;
      this.#monitor.start(timeouts.silenceMs);
      this.#settle();
      listener.up((frame.restored && frame.restored_ids) || []);
    } else if (frame.type === 'disconnect') {
      this.#sid = '';
      if (frame.reconnect === false) listener.refused();
      this.#drop(socket);
    } else {
      if (frame.type === 'ping') this.#attempt = 0;
      listener.frame(frame);
    }
  }

  /**
   * No frame came in time. A socket without a welcome counts as two failures, because a proxy that swallows frames does so
   * every time: the event feed starts after one attempt.
   */
  #silent(): void {
    if (!this.isUp) this.failures++;
    this.#drop(this.#socket);
  }

  #drop(socket: SocketLike | undefined): void {
    if (!socket || socket !== this.#socket) return;
    this.#closeSocket();
    this.#failed();
  }

  #closeSocket(): void {
    const socket = this.#socket;
    this.#monitor.stop();
    this.#socket = undefined;
    this.failures = this.isUp ? 0 : this.failures + 1;
    this.isUp = false;
    socket?.close();
  }

  #failed(): void {
    if (this.#stopped) return;
    this.#timer = host.setTimeout(() => this.#dial(), backoff(this.#attempt++, this.#options.timeouts.retry));
    this.#settle();
    this.#options.listener.down();
  }

  #settle(): void {
    for (const settled of this.#dialling.splice(0)) settled();
  }
}
