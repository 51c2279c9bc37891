/**
 * The channels on which this node listens at Redis: one for each followed topic. All channels that are asked for in one turn of the
 * event loop are one command, and a channel that nobody follows stays subscribed for some seconds, so that sockets which come and go
 * cost no round trip each.
 */
import { withTimeout } from '../db/timeout.ts';
import type { Redis, RedisClient } from '../redis/redis.ts';

/** A subscription that Redis has not confirmed after this time delays nobody: the log is read for its first second. */
const confirmTimeoutMs = 1000;
/** Between two attempts, while Redis is not reachable or refuses a subscription. */
const retryMs = 1000;
/** A channel is unsubscribed after one to two of these times without a follower. */
const sweepMs = 10_000;

interface Channel {
  /** Settles when Redis has confirmed or refused; undefined from the confirmation on. */
  confirmed: Promise<void> | undefined;
  isFollowed: boolean;
  /** Nobody followed it at the last sweep. */
  isIdle: boolean;
}

export class RedisSubscriptions {
  readonly #redis: Redis;
  readonly #client: RedisClient;
  readonly #prefix: string;
  readonly #channels = new Map<string, Channel>();
  /** Topics of the next command. */
  #wanted: string[] = [];
  #nextCommand: Promise<void> | undefined;
  /** Topics that could not be subscribed. */
  readonly #missing: string[] = [];
  readonly #timer: NodeJS.Timeout;
  #retryTimer: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** @param onMessage is called with the topic and text of each message */
  constructor(redis: Redis, prefix: string, onMessage: (topic: string, text: string) => void) {
    this.#redis = redis;
    this.#prefix = prefix;
    this.#client = redis.newSubscriber();
    this.#client.on(redis.isCluster ? 'smessage' : 'message', (channel: string, text: string) =>
      onMessage(channel.slice(prefix.length), text),
    );
    this.#client.on('ready', () => this.#subscribeMissing());
    this.#timer = setInterval(() => this.#sweep(), sweepMs).unref();
  }

  /** Whether the connection for messages is there. */
  isUp(): boolean {
    return this.#client.status === 'ready';
  }

  /** Resolves when the connection for messages is there, at the latest after `confirmTimeoutMs`. */
  async opened(): Promise<void> {
    if (this.isUp()) return;
    const ready = new Promise<void>((resolve) => this.#client.once('ready', resolve));
    await withTimeout(ready, confirmTimeoutMs);
  }

  /** Calls `listener` whenever the connection is there again. */
  onReady(listener: () => void): void {
    this.#client.on('ready', listener);
  }

  /** Resolves when Redis has confirmed, refused or not answered in time. */
  async follow(topics: readonly string[]): Promise<void> {
    const open = new Set<Promise<void>>();
    for (const topic of topics) {
      const channel = this.#channels.get(topic) ?? this.#add(topic);
      channel.isFollowed = true;
      channel.isIdle = false;
      if (channel.confirmed) open.add(channel.confirmed);
    }
    if (open.size && this.#redis.isUp()) await withTimeout(Promise.all(open), confirmTimeoutMs);
  }

  unfollow(topics: readonly string[]): void {
    for (const topic of topics) {
      const channel = this.#channels.get(topic);
      if (channel) channel.isFollowed = false;
    }
  }

  close(): void {
    clearInterval(this.#timer);
    clearTimeout(this.#retryTimer);
    this.#isClosed = true;
    this.#client.disconnect();
  }

  #add(topic: string): Channel {
    const channel: Channel = { confirmed: this.#subscribeSoon(topic), isFollowed: true, isIdle: false };
    this.#channels.set(topic, channel);
    return channel;
  }

  /** Adds a topic to the next command. @returns a promise that settles when Redis has answered that command */
  #subscribeSoon(topic: string): Promise<void> {
    this.#wanted.push(topic);
    this.#nextCommand ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      const topics = this.#wanted;
      this.#wanted = [];
      this.#nextCommand = undefined;
      return this.#subscribe(topics);
    });
    return this.#nextCommand;
  }

  async #subscribe(topics: readonly string[]): Promise<void> {
    try {
      // Without a connection commands would gather, for topics that nobody follows any more when it is back.
      if (!this.isUp()) throw new Error('Redis is not reachable');
      await this.#command('subscribe', topics);
      for (const topic of topics) this.#confirm(topic);
    } catch {
      this.#retry(topics);
    }
  }

  #confirm(topic: string): void {
    const channel = this.#channels.get(topic);
    if (channel) channel.confirmed = undefined;
  }

  /** Subscribes when the connection is there again, or later when Redis has refused. */
  #retry(topics: readonly string[]): void {
    if (this.#isClosed) return;
    this.#missing.push(...topics);
    this.#retryTimer ??= setTimeout(() => this.#subscribeMissing(), retryMs).unref();
  }

  #subscribeMissing(): void {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    for (const topic of this.#missing.splice(0)) {
      const channel = this.#channels.get(topic);
      if (channel?.isFollowed) channel.confirmed = this.#subscribeSoon(topic);
      else this.#channels.delete(topic);
    }
  }

  #sweep(): void {
    const unused: string[] = [];
    for (const [topic, channel] of this.#channels) {
      if (!channel.isFollowed && channel.isIdle && !channel.confirmed) unused.push(topic);
      channel.isIdle = !channel.isFollowed;
    }
    if (!unused.length || !this.isUp()) return;
    for (const topic of unused) this.#channels.delete(topic);
    // A channel that stays subscribed costs messages that nobody reads.
    this.#command('unsubscribe', unused).catch(() => {});
  }

  /** One command for all; on a cluster one for each, since channels of one command must be in one slot. */
  async #command(kind: 'subscribe' | 'unsubscribe', topics: readonly string[]): Promise<void> {
    const channels = topics.map((topic) => this.#prefix + topic);
    if (this.#redis.isCluster)
      await Promise.all(channels.map((channel) => this.#client[`s${kind}`](channel)));
    else await this.#client[kind](...channels);
  }
}
