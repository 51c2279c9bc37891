/** The live connection of customers and agents alike: one socket, any number of subscriptions. */

import { host, onWake, type SocketConstructor } from '../platform.ts';
import { defaultTimeouts, type Timeouts } from '../timeouts.ts';
import { Connection } from './connection.ts';
import type { Frame } from './frames.ts';
import { type Line, type SubscribeOptions, Subscription } from './subscription.ts';

export interface CableOptions {
  /** Address of the server, e.g. `https://chat.example.com`. */
  base: string;
  /** Where there is no global one: `import WebSocket from 'ws'`. */
  WebSocket?: SocketConstructor;
  timeouts?: Partial<Timeouts>;
}

type Routed = Pick<
  Subscription<object>,
  'identifier' | 'socketUp' | 'socketDown' | 'frame' | 'refused' | 'wake' | 'close'
>;

export class Cable {
  readonly #connection: Connection;
  readonly #timeouts: Timeouts;
  readonly #subscriptions = new Map<string, Routed>();
  readonly #stopWatching: () => void;

  constructor({ base, WebSocket = host.WebSocket, timeouts }: CableOptions) {
    this.#timeouts = { ...defaultTimeouts, ...timeouts };
    this.#connection = new Connection({
      url: `${base.replace(/^http/, 'ws').replace(/\/+$/, '')}/cable`,
      WebSocket,
      timeouts: this.#timeouts,
      listener: {
        up: (restored) => this.#each((one) => one.socketUp(restored.includes(one.identifier))),
        down: (failures) => this.#each((one) => one.socketDown(failures)),
        refused: () => this.#each((one) => one.refused()),
        frame: (frame) => this.#route(frame),
      },
    });
    this.#stopWatching = onWake(() => this.wake());
  }

  /** Subscribes, and stays subscribed until `close()` of what it returns. Dials with the first. */
  subscribe<Events extends object>(options: SubscribeOptions<Events>): Subscription<Events> {
    const connection = this.#connection;
    const line: Line = {
      get isUp() {
        return connection.isUp;
      },
      get extended() {
        return connection.extended;
      },
      timeouts: this.#timeouts,
      send: (command) => connection.send(command),
      tryNow: () => connection.tryNow(),
      renamed: (before) => {
        this.#subscriptions.delete(before);
        this.#subscriptions.set(subscription.identifier, subscription);
      },
      left: (identifier) => {
        this.#subscriptions.delete(identifier);
        if (!this.#subscriptions.size) connection.close();
      },
    };
    const subscription = new Subscription<Events>(line, options);
    this.#subscriptions.set(subscription.identifier, subscription);
    if (connection.isUp) subscription.socketUp(false);
    else connection.open();
    return subscription;
  }

  /** The network, the page or the app came back: dials at once instead of waiting. Browsers tell by themselves. */
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

  #each(tell: (subscription: Routed) => void): void {
    for (const subscription of [...this.#subscriptions.values()]) tell(subscription);
  }
}
