/** One WebSocket after the other: dials, keeps alive, dials again. Knows no subscriptions. */
import { backoff } from '../backoff.ts';
import { host, type SocketConstructor, type SocketLike, type Timer } from '../platform.ts';
import type { Timeouts } from '../timeouts.ts';
import type { ClientCommand } from '../wire.ts';
import { type Frame, SUBPROTOCOLS, toFrame } from './frames.ts';
import { Monitor } from './monitor.ts';

export interface ConnectionListener {
  /** A socket is ready. `restored` lists the subscriptions that the server took over from the one before. */
  up(restored: readonly string[]): void;
  frame(frame: Frame): void;
  /** The socket is gone, or could not be opened; `failures` times in a row without a welcome. */
  down(failures: number): void;
  /** The server does not want us back as we are. */
  refused(): void;
}

export interface ConnectionOptions {
  url: string;
  WebSocket: SocketConstructor | undefined;
  timeouts: Timeouts;
  listener: ConnectionListener;
}

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #monitor = new Monitor(() => this.#silent());
  #socket: SocketLike | undefined;
  #welcomed = false;
  #sid = '';
  #failures = 0;
  /** Like `failures`, but a welcome alone does not reset it: a server may greet and fall over. */
  #attempt = 0;
  #timer: Timer;
  #stopped = true;
  readonly #settling: (() => void)[] = [];

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** Whether the server keeps positions and can replay. */
  get extended(): boolean {
    return this.#sid !== '';
  }

  get isUp(): boolean {
    return this.#welcomed;
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
    this.#hangUp();
    this.#settle();
  }

  /** Dials now if it is waiting to; checks that an open socket is alive. */
  wake(): void {
    if (this.#stopped) return;
    if (!this.#socket) this.#dial();
    else if (this.#monitor.isSilent()) this.#drop(this.#socket);
  }

  /** Dials now if it is waiting to, and resolves when that has succeeded or failed. */
  tryNow(): Promise<void> {
    this.wake();
    if (this.#stopped || this.#welcomed || !this.#socket) return Promise.resolve();
    return new Promise((resolve) => this.#settling.push(resolve));
  }

  send(command: ClientCommand): void {
    if (this.#welcomed) this.#socket?.send(JSON.stringify(command));
  }

  #dial(): void {
    host.clearTimeout(this.#timer);
    const { url, WebSocket, timeouts } = this.#options;
    try {
      if (!WebSocket) throw new Error('No WebSocket here');
      const socket = new WebSocket(
        this.#sid ? `${url}?sid=${encodeURIComponent(this.#sid)}` : url,
        SUBPROTOCOLS,
      );
      this.#socket = socket;
      this.#monitor.start(timeouts.welcomeMs);
      socket.addEventListener('message', (event) =>
        this.#receive(socket, (event as { data?: unknown }).data),
      );
      socket.addEventListener('close', () => this.#drop(socket));
      socket.addEventListener('error', () => this.#drop(socket));
    } catch {
      // Forbidden by a content security policy, or missing.
      this.#hangUp();
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
      this.#welcomed = true;
      this.#failures = 0;
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

  /** A dialled socket that hears nothing is blocked on the way: that counts more than a refusal. */
  #silent(): void {
    if (!this.#welcomed) this.#failures++;
    this.#drop(this.#socket);
  }

  #drop(socket: SocketLike | undefined): void {
    if (!socket || socket !== this.#socket) return;
    this.#hangUp();
    this.#failed();
  }

  #hangUp(): void {
    const socket = this.#socket;
    this.#monitor.stop();
    this.#socket = undefined;
    this.#failures = this.#welcomed ? 0 : this.#failures + 1;
    this.#welcomed = false;
    socket?.close();
  }

  #failed(): void {
    if (this.#stopped) return;
    this.#timer = host.setTimeout(() => this.#dial(), backoff(this.#attempt++, this.#options.timeouts.retry));
    this.#settle();
    this.#options.listener.down(this.#failures);
  }

  #settle(): void {
    for (const settled of this.#settling.splice(0)) settled();
  }
}
