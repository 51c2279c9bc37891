/**
 * Sessions that a client restores on any node. A node writes each session to Redis when its subscriptions change or its client names
 * a position, a moment later and many at once, and every 100 s again. Events that are sent change no session, so messages cost nothing
 * here. Whoever takes a session removes it from Redis with the same command, so that one caller gets it, and orders the other nodes
 * through the bus to close its connection where that is still open. A node that is killed leaves its sessions in Redis.
 *
 * Identifiers contain tokens: sessions are encrypted with the installation's key, and named by a hash of their `sid`. Without Redis a
 * session can be restored on its own node only.
 */
import type { Bus } from '../events/bus.ts';
import { onTopic } from '../events/topics.ts';
import type { Installation } from '../installation.ts';
import { redisName } from '../redis/keys.ts';
import { pipelined, type RedisCommand } from '../redis/pipelined.ts';
import type { Redis } from '../redis/redis.ts';
import { hmacName, seal, unseal } from '../secrets.ts';
import { printSaved, readSaved, type SavedSubscription } from './saved-subscription.ts';
import { type CableSessions, LocalSessions, lifetimeMs } from './sessions.ts';
import type { CableConnection } from './subscription.ts';

/** Topic of the order to close the connection of a session that was taken. */
const topic = 'cable-sessions';
/** Milliseconds after which an open session is written again; it is kept for longer than that and its lifetime together. */
const renewEveryMs = 100_000;
const openLifetimeMs = lifetimeMs + 2 * renewEveryMs;
/** Most sessions that are written at once. */
const partSize = 500;
/** Largest text of a session. A larger one can be restored on its own node only. */
const maxLength = 64 * 1024;

export interface RedisSessionsOptions {
  redis: Redis;
  bus: Bus;
  installation: Installation;
  /** In milliseconds. */
  now: () => number;
}

export const openRedisSessions = (options: RedisSessionsOptions): CableSessions => new RedisSessions(options);

class RedisSessions implements CableSessions {
  readonly #options: RedisSessionsOptions;
  readonly #local: LocalSessions;
  readonly #stop: () => void;
  /** Names of sessions to write. */
  #changed = new Set<string>();
  /** When a session was written, in milliseconds and in that order. Empty after Redis was down: it may have lost everything. */
  readonly #writtenAt = new Map<string, number>();
  #isSweeping = false;

  constructor(options: RedisSessionsOptions) {
    const { redis, bus, now } = options;
    this.#options = options;
    this.#local = new LocalSessions(now);
    const stopListening = redis.onChange((isUp) => isUp && this.#writeAll());
    const stopFollowing = onTopic(bus, topic, (name) => this.#takeLocally(name));
    this.#stop = () => {
      stopListening();
      stopFollowing();
    };
  }

  add(connection: CableConnection): void {
    if (connection.sid) this.#local.add(this.#nameOf(connection.sid), connection);
  }

  note(connection: CableConnection): void {
    if (connection.sid) this.#changed.add(this.#nameOf(connection.sid));
  }

  release(connection: CableConnection): void {
    if (!connection.sid) return;
    const name = this.#nameOf(connection.sid);
    if (this.#local.release(name, connection)) this.#changed.add(name);
    else this.#forget(name);
  }

  async take(sid: string): Promise<SavedSubscription[] | undefined> {
    const { redis, bus, installation } = this.#options;
    const name = this.#nameOf(sid);
    const isWritten = this.#writtenAt.has(name);
    if (!redis.isUp() || (this.#local.find(name) && !isWritten)) return this.#takeLocally(name);
    const reply = await redis.commands.getdel(this.#keyOf(name)).catch(() => undefined);
    // Redis failed, or lost it meanwhile; a session that it still had and no longer has was taken by another node.
    if (reply === undefined || (reply === null && isWritten && !this.#writtenAt.has(name)))
      return this.#takeLocally(name);
    if (reply === null) return undefined;
    if (!this.#takeLocally(name)) bus.publish({ transient: { topic, payload: name } });
    return readSaved(unseal(installation.key, reply));
  }

  async sweep(): Promise<void> {
    this.#local.sweep();
    if (this.#isSweeping || !this.#options.redis.isUp()) return;
    this.#isSweeping = true;
    await this.#write(this.#takeDue());
    this.#isSweeping = false;
  }

  async close(): Promise<void> {
    this.#stop();
    for (
      let parts = Math.ceil(this.#changed.size / partSize);
      parts > 0 && this.#options.redis.isUp();
      parts--
    )
      await this.#write(this.#takeDue());
  }

  /** Names of sessions that changed, or were written long ago, as many as are written at once. */
  #takeDue(): string[] {
    const due = [...take(this.#changed, partSize)];
    for (const name of due) this.#changed.delete(name);
    const before = this.#options.now() - renewEveryMs;
    for (const [name, at] of this.#writtenAt) {
      if (at > before || due.length >= partSize) break;
      this.#writtenAt.delete(name);
      if (this.#local.isOpen(name)) due.push(name);
      else if (this.#local.find(name)) this.#writtenAt.set(name, this.#options.now());
    }
    return due;
  }

  async #write(names: readonly string[]): Promise<void> {
    const commands = new Map(names.map((name) => [name, this.#commandOf(name)]));
    const now = this.#options.now();
    for (const [name, [command]] of commands) {
      this.#writtenAt.delete(name);
      if (command === 'set') this.#writtenAt.set(name, now);
    }
    try {
      await pipelined(this.#options.redis, [...commands.values()]);
    } catch {
      for (const name of names) {
        this.#writtenAt.delete(name);
        if (this.#local.find(name)) this.#changed.add(name);
      }
    }
  }

  /** Writes the session; one without subscriptions, or that is too large, is removed. */
  #commandOf(name: string): RedisCommand {
    const key = this.#keyOf(name);
    const subscriptions = this.#local.find(name);
    const text = subscriptions?.length ? printSaved(subscriptions) : '';
    if (!text || text.length > maxLength) return ['del', key];
    const keptMs = this.#local.isOpen(name) ? openLifetimeMs : lifetimeMs;
    return ['set', key, seal(this.#options.installation.key, text), 'PX', keptMs];
  }

  #writeAll(): void {
    this.#writtenAt.clear();
    this.#changed = new Set(this.#local.names());
  }

  /** Takes a session of this node. It is removed from Redis at the next sweep, where a write on its way may still bring it. */
  #takeLocally(name: string): SavedSubscription[] | undefined {
    const found = this.#local.take(name);
    this.#forget(name);
    if (found) this.#changed.add(name);
    return found;
  }

  #forget(name: string): void {
    this.#changed.delete(name);
    this.#writtenAt.delete(name);
  }

  #nameOf(sid: string): string {
    return hmacName(this.#options.installation.key, `sid:${sid}`, 22);
  }

  #keyOf(name: string): string {
    return redisName(this.#options.installation, `session:${name}`);
  }
}

function* take<Item>(items: Iterable<Item>, most: number): Iterable<Item> {
  let count = 0;
  for (const item of items) {
    if (count++ >= most) return;
    yield item;
  }
}
