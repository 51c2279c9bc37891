/** One socket, shared by any number of subscriptions: routes each frame to its subscription. `cable.ts` adds presence sets. */

import { host, onWake, type SocketConstructor } from '../platform.ts';
import { defaultTimeouts, type Timeouts } from '../timeouts.ts';
import { Connection } from './connection.ts';
import type { Frame } from './frames.ts';
import type { CreateMembers } from './members.ts';
import { type SubscribeOptions, Subscription } from './subscription.ts';

export interface CableOptions {
  /** Address of the server, e.g. `https://chat.example.com`. */
  base: string;
  /** For platforms without a global one: `import WebSocket from 'ws'`. */
  WebSocket?: SocketConstructor;
  timeouts?: Partial<Timeouts>;
}

/** The methods of a subscription that the cable calls, whatever its events. */
type Routed = Pick<
  Subscription<object>,
  'identifier' | 'socketUp' | 'socketDown' | 'frame' | 'refused' | 'wake' | 'close'
>;

export class Hub {
  readonly #connection: Connection;
  readonly #subscriptions = new Map<string, Routed>();
  readonly #stopWatching: () => void;

  /** Creates the presence set of a subscription; undefined where there are none. */
  protected readonly createMembers: CreateMembers | undefined;

  constructor({ base, WebSocket = host.WebSocket, timeouts }: CableOptions) {
    this.#connection = new Connection({
      url: `${base.replace(/^http/, 'ws').replace(/\/+$/, '')}/cable`,
      WebSocket,
      timeouts: { ...defaultTimeouts, ...timeouts },
      listener: {
        up: (restored) => this.#each((one) => one.socketUp(restored.includes(one.identifier))),
        down: () => this.#each((one) => one.socketDown()),
        refused: () => this.#each((one) => one.refused()),
        frame: (frame) => this.#route(frame),
      },
    });
    this.#stopWatching = onWake(() => this.wake());
  }

  /** Subscribes until `close()` of the returned subscription. The first subscription opens the socket, the last one closes it. */
  subscribe<Events extends object>(options: SubscribeOptions<Events>): Subscription<Events> {
    const connection = this.#connection;
    const subscription = new Subscription<Events>(connection, options, {
      createMembers: this.createMembers,
      renamed: (before) => {
        this.#subscriptions.delete(before);
        this.#subscriptions.set(subscription.identifier, subscription);
      },
      closed: (identifier) => {
        this.#subscriptions.delete(identifier);
        if (!this.#subscriptions.size) connection.close();
      },
    });
    this.#subscriptions.set(subscription.identifier, subscription);
    if (connection.isUp) subscription.socketUp(false);
    else connection.open();
    return subscription;
  }

  /** Ends every wait before a retry, for apps that learn that the network is back. In browsers this happens without a call. */
  wake(): void {
    this.#connection.wake();
    this.#each((one) => one.wake());
  }

  close(): void {
    this.#stopWatching();
    this.#each((one) => one.close());
    this.#connection.close();
  }

  #route(frame: Frame): void {
    if ('identifier' in frame) this.#subscriptions.get(frame.identifier)?.frame(frame);
    else this.#each((one) => one.frame(frame));
  }

  #each(notify: (subscription: Routed) => void): void {
    for (const subscription of [...this.#subscriptions.values()]) notify(subscription);
  }
}
