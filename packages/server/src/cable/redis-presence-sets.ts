/**
 * Presence sets of several nodes (cable.md D.5). Redis has each set: its members, the sessions that hold them, and when each of these
 * expires. A node keeps its own sessions alive every 20 s, so those of a node that was killed leave within a minute and a half. This
 * node's own sessions are in its memory too, which is all that is known without Redis; they are written again when it is back.
 */
import type { PresenceMember } from '@hoory/contract';
import type { Bus } from '../events/bus.ts';
import type { Installation } from '../installation.ts';
import { redisName } from '../redis/keys.ts';
import type { Redis } from '../redis/redis.ts';
import { RedisScript } from '../redis/script.ts';
import { graceMs, type HeldSession, LocalPresenceSets, maxMembers } from './local-presence-sets.ts';
import { isPresenceNotice, type PresenceSets, type PresenceSetsOptions } from './presence-sets.ts';

/** Milliseconds between two renewals of a session, and for which one of them lasts. */
const roundMs = 20_000;
const sessionMs = 60_000;
/** Most sessions that one script writes, and most expired ones that it removes. */
const partSize = 100;
/** Most sets of other nodes' sessions alone whose expired sessions this node removes. */
const maxWatched = 10_000;

/**
 * KEYS: members (id to info), holders (session to id), times (session by expiry), counts (holders by id). ARGV: the verb, the present
 * time, and for each verb:
 * `join` expiry, most members, then session, id and info of each; `leave` session; `lose` session, expiry; `list` nothing.
 * Returns the ids that left, because their last session expired or `leave` named it, and the reply to the verb.
 */
const script = new RedisScript(`
local members, holders, times, counts = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local left = {}
local function release(session)
  local id = redis.call('HGET', holders, session)
  redis.call('ZREM', times, session)
  if not id then return end
  redis.call('HDEL', holders, session)
  if redis.call('HINCRBY', counts, id, -1) > 0 then return end
  redis.call('HDEL', counts, id)
  redis.call('HDEL', members, id)
  left[#left + 1] = id
end
for _, session in ipairs(redis.call('ZRANGEBYSCORE', times, '-inf', ARGV[2], 'LIMIT', 0, ${partSize})) do
  release(session)
end
local verb, reply = ARGV[1], {}
if verb == 'join' then
  for at = 5, #ARGV, 3 do
    local session, id, info = ARGV[at], ARGV[at + 1], ARGV[at + 2]
    local held = redis.call('HGET', holders, session)
    local known = redis.call('HEXISTS', members, id) == 1
    if held and held ~= id or not known and redis.call('HLEN', members) >= tonumber(ARGV[4]) then
      reply[#reply + 1] = 'refused'
    else
      if not known then redis.call('HSET', members, id, info) end
      if not held then
        redis.call('HSET', holders, session, id)
        redis.call('HINCRBY', counts, id, 1)
      end
      redis.call('ZADD', times, ARGV[3], session)
      reply[#reply + 1] = known and 'known' or 'new'
    end
  end
  for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, 600000) end
elseif verb == 'leave' then
  release(ARGV[3])
elseif verb == 'lose' then
  redis.call('ZADD', times, 'XX', ARGV[4], ARGV[3])
elseif verb == 'list' then
  reply = redis.call('HGETALL', members)
else
  reply = { tostring(redis.call('HLEN', members)) }
end
return { left, reply }
`);

/** Presence sets of all nodes of an installation. */
export const openRedisPresenceSets = (redis: Redis, options: RedisPresenceSetsOptions): PresenceSets =>
  new RedisPresenceSets(redis, options);

export interface RedisPresenceSetsOptions extends PresenceSetsOptions {
  installation: Installation;
  /** Transients of sets with subscribers on this node tell that they have members. */
  bus: Pick<Bus, 'subscribe'>;
  hasSubscribers(set: string): boolean;
}

class RedisPresenceSets implements PresenceSets {
  readonly #redis: Redis;
  readonly #options: RedisPresenceSetsOptions;
  readonly #local: LocalPresenceSets;
  readonly #stop: () => void;
  /** Sets in which other nodes have sessions, as far as this node has noticed: it removes those of a node that was killed. */
  readonly #watched = new Set<string>();
  #nextRoundMs = 0;
  #isSweeping = false;

  constructor(redis: Redis, options: RedisPresenceSetsOptions) {
    this.#redis = redis;
    this.#options = options;
    this.#local = new LocalPresenceSets(options.now);
    const stopWatching = options.bus.subscribe((notice) => {
      if ('transient' in notice && isPresenceNotice(notice.transient.payload))
        this.#watch(notice.transient.topic);
    });
    const stopListening = redis.onChange((isUp) => {
      if (isUp) this.#nextRoundMs = 0;
    });
    this.#stop = () => {
      stopWatching();
      stopListening();
    };
  }

  async join(set: string, session: string, member: PresenceMember): Promise<void> {
    const outcome = this.#local.join(set, session, member);
    if (outcome === 'refused') return;
    const [shared] = (await this.#share(set, [{ session, member }])) ?? [];
    if (shared === 'refused') this.#local.leave(set, session);
    else if ((shared ?? outcome) === 'new') this.#options.announce(set, { type: 'join', ...member });
  }

  async leave(set: string, session: string): Promise<void> {
    const id = this.#local.leave(set, session);
    if (id === undefined) return;
    const isShared = await this.#run(set, ['leave', this.#options.now(), session]);
    if (!isShared && !this.#local.has(set, id)) this.#options.announce(set, { type: 'leave', id });
  }

  lose(set: string, session: string): void {
    if (!this.#local.lose(set, session)) return;
    const now = this.#options.now();
    void this.#run(set, ['lose', now, session, now + graceMs]);
  }

  async members(set: string): Promise<PresenceMember[]> {
    const reply = await this.#run(set, ['list', this.#options.now()]);
    if (!reply) return this.#local.members(set);
    if (reply.length) this.#watch(set);
    return Array.from({ length: reply.length / 2 }, (_, index) =>
      toMember(reply[2 * index], reply[2 * index + 1]),
    );
  }

  async sweep(): Promise<void> {
    if (this.#isSweeping) return;
    this.#isSweeping = true;
    try {
      await this.#removeLost();
      if (this.#redis.isUp() && this.#options.now() >= this.#nextRoundMs) await this.#renew();
    } finally {
      this.#isSweeping = false;
    }
  }

  close(): void {
    this.#stop();
  }

  #watch(set: string): void {
    if (this.#watched.size < maxWatched) this.#watched.add(set);
  }

  async #removeLost(): Promise<void> {
    for (const { set, id } of this.#local.sweep()) {
      const isShared = await this.#run(set, ['count', this.#options.now()]);
      if (!isShared) this.#options.announce(set, { type: 'leave', id });
    }
  }

  /** Renews the sessions of this node, and removes expired ones of others. */
  async #renew(): Promise<void> {
    this.#nextRoundMs = this.#options.now() + roundMs;
    for (const [set, sessions] of this.#local.held()) {
      this.#watched.delete(set);
      for (let at = 0; at < sessions.length; at += partSize)
        await this.#renewPart(set, sessions.slice(at, at + partSize));
    }
    for (const set of this.#watched) {
      const isOfInterest = this.#options.hasSubscribers(set);
      const [count] = isOfInterest ? ((await this.#run(set, ['count', this.#options.now()])) ?? []) : ['0'];
      if (count === '0') this.#watched.delete(set);
    }
  }

  /** A member that joined without Redis is announced to the other nodes now. */
  async #renewPart(set: string, sessions: readonly HeldSession[]): Promise<void> {
    const shared = await this.#share(set, sessions);
    for (const [index, { member, isShared }] of sessions.entries())
      if (shared?.[index] === 'new' && !isShared) this.#options.announce(set, { type: 'join', ...member });
  }

  /** @returns the outcome for each session; undefined without Redis */
  async #share(
    set: string,
    sessions: readonly Pick<HeldSession, 'session' | 'member'>[],
  ): Promise<string[] | undefined> {
    const now = this.#options.now();
    const members = sessions.flatMap(({ session, member }) => [
      session,
      member.id,
      JSON.stringify(member.info),
    ]);
    const outcomes = await this.#run(set, ['join', now, now + sessionMs, maxMembers, ...members]);
    if (outcomes) for (const { session } of sessions) this.#local.markShared(set, session);
    return outcomes;
  }

  /** Runs the script and announces the members that it removed. @returns its reply; undefined without Redis */
  async #run(set: string, args: readonly (string | number)[]): Promise<string[] | undefined> {
    if (!this.#redis.isUp()) return undefined;
    const keys = ['members', 'holders', 'times', 'counts'].map((name) =>
      redisName(this.#options.installation, `set:{${set}}:${name}`),
    );
    const answer = await script.run(this.#redis, keys, args).catch(() => undefined);
    const [left, reply] = Array.isArray(answer) ? answer.map(toTexts) : [];
    for (const id of left ?? []) this.#options.announce(set, { type: 'leave', id });
    return reply;
  }
}

const toTexts = (reply: unknown): string[] =>
  Array.isArray(reply) ? reply.filter((text) => typeof text === 'string') : [];

function toMember(id = '', info = '{}'): PresenceMember {
  const read: unknown = JSON.parse(info);
  return { id, info: read };
}
