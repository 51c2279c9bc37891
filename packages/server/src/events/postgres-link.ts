/**
 * Connects the buses of nodes through PostgreSQL's notifications, for nodes without Redis. A notification names the streams that have
 * new events, which the other nodes read in the log; a transient travels whole when it is short enough. While one is under way, the
 * next ones are gathered.
 */
import type { Notifications } from '../db/postgres/notifications.ts';
import { isObject } from '../json-text.ts';
import type { Bus, SharedNotice, Transient } from './bus.ts';

/** PostgreSQL refuses 8000. */
const maxNotificationBytes = 7900;
/** Transients that may wait; more are dropped. */
const maxTransients = 100;

export interface PostgresLinkOptions {
  bus: Pick<Bus, 'deliver' | 'isFollowed'>;
  nodeId: string;
  /** Called with each notification of another node. */
  onHeard(): void;
  /** Called when another node has new events in a stream that is followed here. */
  onMoved(): void;
}

export class PostgresLink {
  readonly #options: PostgresLinkOptions;
  readonly #notifications: Pick<Notifications, 'isUp' | 'send'>;
  readonly #streams = new Set<string>();
  #transients: string[] = [];
  #isSending = false;

  constructor(notifications: Pick<Notifications, 'isUp' | 'send'>, options: PostgresLinkOptions) {
    this.#notifications = notifications;
    this.#options = options;
  }

  /** Sends a notice soon. Never throws: the others read the log each second. */
  send(notice: SharedNotice): void {
    if (!this.#notifications.isUp()) return;
    if ('recorded' in notice) for (const { stream } of notice.recorded) this.#streams.add(stream);
    else if (this.#transients.length < maxTransients) this.#addTransient(notice.transient);
    if (this.#isSending) return;
    this.#isSending = true;
    setImmediate(() => void this.#sendWaiting());
  }

  /** Tells the others that this node is there. */
  greet(): void {
    this.#notifications.send([this.#print({})]).catch(() => {});
  }

  /** Reads a notification. */
  receive(text: string): void {
    const { bus, nodeId, onHeard, onMoved } = this.#options;
    const notification = parse(text);
    if (!isObject(notification) || notification.from === nodeId) return;
    onHeard();
    const { streams, transient } = notification;
    if (isTransient(transient)) bus.deliver({ transient });
    else if (
      !Array.isArray(streams) ||
      streams.some((stream) => typeof stream !== 'string' || bus.isFollowed(stream))
    )
      onMoved();
  }

  #addTransient(transient: Transient): void {
    const text = this.#print({ transient });
    if (isShort(text)) this.#transients.push(text);
  }

  async #sendWaiting(): Promise<void> {
    try {
      while (this.#streams.size || this.#transients.length) await this.#notifications.send(this.#take());
    } catch {
      // The others read the log.
    } finally {
      this.#isSending = false;
    }
  }

  /** The texts of all waiting notices. Too many streams are not named. */
  #take(): string[] {
    const texts = this.#transients;
    this.#transients = [];
    if (!this.#streams.size) return texts;
    const named = this.#print({ streams: [...this.#streams] });
    this.#streams.clear();
    return [...texts, isShort(named) ? named : this.#print({})];
  }

  #print(notification: object): string {
    return JSON.stringify({ from: this.#options.nodeId, ...notification });
  }
}

const isShort = (text: string): boolean => Buffer.byteLength(text) <= maxNotificationBytes;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isTransient = (value: unknown): value is Transient =>
  isObject(value) && typeof value.topic === 'string' && typeof value.payload === 'string';
