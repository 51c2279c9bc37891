/** Connects the buses of nodes through Redis: a channel for each topic, so that a node gets only what its own sockets receive. */
import type { Log } from '../log.ts';
import { redisName } from '../redis/keys.ts';
import type { Redis } from '../redis/redis.ts';
import type { Bus, NodeLink, SharedNotice } from './bus.ts';
import { type Frame, fromFrame, toFrames } from './redis-frames.ts';
import { RedisSubscriptions } from './redis-subscriptions.ts';

/** Characters of notices that may wait for Redis. When it is slower than that, notices are dropped and found in the log. */
const maxWaiting = 8 * 1024 * 1024;

export interface RedisLinkOptions {
  redis: Redis;
  bus: Pick<Bus, 'deliver' | 'isFollowed'>;
  /** Of this installation: two installations on one Redis do not mix. */
  epoch: string;
  /** Of this node. */
  nodeId: string;
  log: Pick<Log, 'warn'>;
  /** Called with the number of notices that were not sent. */
  onLost(count: number): void;
}

export class RedisLink implements NodeLink {
  readonly #options: RedisLinkOptions;
  readonly #prefix: string;
  readonly #subscriptions: RedisSubscriptions;
  /** Sent together at the end of this turn of the event loop. */
  #queue: Frame[] = [];
  /** Characters in the queue, and of frames that Redis has not answered. */
  #waiting = 0;

  constructor(options: RedisLinkOptions) {
    this.#options = options;
    this.#prefix = redisName({ epoch: options.epoch }, 'bus:');
    this.#subscriptions = new RedisSubscriptions(options.redis, this.#prefix, (topic, text) =>
      this.#receive({ topic, text }),
    );
  }

  isUp(): boolean {
    return this.#options.redis.isUp() && this.#subscriptions.isUp();
  }

  /** Resolves when messages can come, or after a second without Redis. */
  opened(): Promise<void> {
    return this.#subscriptions.opened();
  }

  /** Calls `listener` when messages come again after the connection was lost. */
  onReady(listener: () => void): void {
    this.#subscriptions.onReady(listener);
  }

  state() {
    return this.isUp() ? 'ok' : 'degraded';
  }

  /** Sends after this turn of the event loop, in which the callers of the commit are answered. */
  send(notice: SharedNotice): void {
    const { nodeId, onLost } = this.#options;
    for (const frame of toFrames(nodeId, notice)) {
      if (!this.#add(frame)) onLost(1);
      else if (this.#queue.length === 1) setImmediate(() => void this.#flush());
    }
  }

  follow(topics: readonly string[]): Promise<void> {
    return this.#subscriptions.follow(topics);
  }

  unfollow(topics: readonly string[]): void {
    this.#subscriptions.unfollow(topics);
  }

  async close(): Promise<void> {
    this.#subscriptions.close();
    await this.#flush();
  }

  #add(frame: Frame): boolean {
    const waiting = this.#waiting + frame.text.length;
    if (!this.#options.redis.isUp() || waiting > maxWaiting) return false;
    this.#waiting = waiting;
    this.#queue.push(frame);
    return true;
  }

  async #flush(): Promise<void> {
    const frames = this.#queue;
    this.#queue = [];
    const lost = await this.#publish(frames);
    if (lost) this.#options.onLost(lost);
    for (const { text } of frames) this.#waiting -= text.length;
  }

  /** @returns how many were not sent. Redis need not answer for the next ones to be sent. */
  async #publish(frames: readonly Frame[]): Promise<number> {
    const { commands, isCluster } = this.#options.redis;
    if (isCluster) {
      const sent = frames.map(({ topic, text }) => commands.spublish(this.#prefix + topic, text));
      return (await Promise.allSettled(sent)).filter(({ status }) => status === 'rejected').length;
    }
    const pipeline = commands.pipeline();
    for (const { topic, text } of frames) pipeline.publish(this.#prefix + topic, text);
    const results = await pipeline.exec().catch(() => undefined);
    return results?.filter(([error]) => error).length ?? frames.length;
  }

  #receive(frame: Frame): void {
    if (!this.#options.bus.isFollowed(frame.topic)) return;
    try {
      const notice = fromFrame(this.#options.nodeId, frame);
      if (notice) this.#options.bus.deliver(notice);
    } catch (err) {
      this.#options.log.warn({ err }, 'a message on Redis could not be read');
    }
  }
}
