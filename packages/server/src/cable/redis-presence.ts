/**
 * Presence of several nodes. Redis has a sorted set for each account and kind: a person, with the time until which they are online,
 * which only grows. Each node writes that time for people who come and leave, and again every 20 s for people with an open socket
 * here. Nobody takes a person back, so a node that is killed needs no successor: its people expire as if their sockets had closed at
 * the last write, for agents 30 s later at the earliest, which is more than the heartbeat after which their client is back.
 *
 * This node's own people are in its memory too. They are online without a question to Redis, and all that is known without Redis.
 * When Redis is back they are written within seconds, in parts. Times are by the clock of Redis.
 */
import type { Installation } from '../installation.ts';
import { redisName } from '../redis/keys.ts';
import { pipelined, type RedisCommand } from '../redis/pipelined.ts';
import type { Redis } from '../redis/redis.ts';
import { type Group, LocalPeople, type PersonKind } from './local-people.ts';
import { type Part, PeopleRounds } from './people-rounds.ts';
import type { Presence } from './presence.ts';

/** Milliseconds after which a set that nobody writes is deleted: more than any expiry. */
const keptMs = 300_000;
/** Most people that one command writes. */
const partSize = 500;

/** A part of a group to write, and what to tell of it. */
interface Write extends Part {
  /** Whether the account counts as changed also when Redis knew all of it: sockets may have been told less meanwhile. */
  isNews: boolean;
}

/** Presence of all nodes of an installation. `now` is in milliseconds. */
export function openRedisPresence(redis: Redis, installation: Installation, now: () => number): Presence {
  return new RedisPresence(redis, installation, now);
}

class RedisPresence implements Presence {
  readonly #redis: Redis;
  readonly #installation: Installation;
  readonly #now: () => number;
  readonly #people: LocalPeople;
  readonly #rounds: PeopleRounds;
  readonly #stopListening: () => void;
  /** People who came or left since the last sweep, by the text of their group. */
  #moved = new Map<string, { group: Group; ids: Set<number> }>();
  #isSweeping = false;

  constructor(redis: Redis, installation: Installation, now: () => number) {
    this.#redis = redis;
    this.#installation = installation;
    this.#now = now;
    this.#people = new LocalPeople(now);
    this.#rounds = new PeopleRounds(this.#people, { now, partSize });
    this.#stopListening = redis.onChange((isUp) => isUp && this.#rounds.beginSoon());
  }

  enter(account_id: number, kind: PersonKind, id: number): void {
    const group = { account_id, kind };
    if (!this.#people.isOpen(group, id)) this.#move(group, id);
    this.#people.enter(group, id);
  }

  leave(account_id: number, kind: PersonKind, id: number): void {
    const group = { account_id, kind };
    this.#people.leave(group, id);
    if (!this.#people.isOpen(group, id)) this.#move(group, id);
  }

  async isOnline(account_id: number, kind: PersonKind, id: number): Promise<boolean> {
    const group = { account_id, kind };
    if (this.#people.isPresent(group, id)) return true;
    const until = await this.#ask(['zscore', this.#keyOf(group), id]);
    return typeof until === 'string' && Number(until) > this.#now();
  }

  async online(account_id: number, kind: PersonKind): Promise<number[]> {
    const group = { account_id, kind };
    const ids = await this.#ask(['zrangebyscore', this.#keyOf(group), `(${this.#now()}`, '+inf']);
    const here = this.#people.list(group);
    return Array.isArray(ids) ? [...new Set([...here, ...ids.map(Number)])] : here;
  }

  async sweep(): Promise<number[]> {
    if (this.#isSweeping) return [];
    this.#isSweeping = true;
    try {
      return await this.#sweep();
    } finally {
      this.#isSweeping = false;
    }
  }

  close(): void {
    this.#stopListening();
  }

  async #sweep(): Promise<number[]> {
    for (const group of this.#people.sweep()) this.#move(group);
    const moved = [...this.#moved.values()];
    this.#moved = new Map();
    if (this.#redis.isUp()) {
      const writes = [...moved.flatMap(toWrites), ...this.#rounds.takeDue()];
      try {
        return await this.#write(writes);
      } catch {
        this.#rounds.beginSoon();
      }
    }
    return [...new Set(moved.flatMap(({ group }) => (group.kind === 'user' ? group.account_id : [])))];
  }

  /** @returns the accounts of which agents should be told */
  async #write(writes: readonly Write[]): Promise<number[]> {
    const changed = new Set<number>();
    const commands = writes.map((write) => this.#commandsOf(write));
    const replies = await pipelined(this.#redis, commands.flat());
    let at = 0;
    for (const [index, { group, isNews }] of writes.entries()) {
      const size = commands[index]?.length ?? 0;
      const [removed, added] = replies.slice(at, at + size);
      at += size;
      if (isNews || (group.kind === 'user' && (isPositive(removed) || (size > 1 && isPositive(added)))))
        changed.add(group.account_id);
    }
    return [...changed];
  }

  /** Removes the expired people of the group, and writes these. The replies to the first two commands say how many changed. */
  #commandsOf({ group, ids }: Part): RedisCommand[] {
    const key = this.#keyOf(group);
    const scores = ids.flatMap((id) => {
      const until = this.#people.expiresAt(group, id);
      return until === undefined ? [] : [until, id];
    });
    const removal: RedisCommand = ['zremrangebyscore', key, '-inf', this.#now()];
    return scores.length ? [removal, ['zadd', key, 'GT', ...scores], ['pexpire', key, keptMs]] : [removal];
  }

  /** The reply; undefined without Redis. */
  async #ask(command: RedisCommand): Promise<unknown> {
    if (!this.#redis.isUp()) return undefined;
    const [reply] = await pipelined(this.#redis, [command]).catch(() => []);
    return reply;
  }

  #move(group: Group, ...ids: number[]): void {
    const name = `${group.kind}:${group.account_id}`;
    const moved = this.#moved.get(name) ?? { group, ids: new Set() };
    this.#moved.set(name, moved);
    for (const id of ids) moved.ids.add(id);
  }

  #keyOf({ account_id, kind }: Group): string {
    return redisName(this.#installation, `online:{${account_id}}:${kind}`);
  }
}

function toWrites({ group, ids }: { group: Group; ids: ReadonlySet<number> }): Write[] {
  const all = [...ids];
  const parts = Math.max(1, Math.ceil(all.length / partSize));
  return Array.from({ length: parts }, (_, part) => ({
    group,
    ids: all.slice(part * partSize, (part + 1) * partSize),
    isNews: false,
  }));
}

const isPositive = (reply: unknown): boolean => typeof reply === 'number' && reply > 0;
