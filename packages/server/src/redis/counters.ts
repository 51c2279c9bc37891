/** Counters of all nodes with a window of time each. A count lives on Redis only, and may be lost with it. */
import type { Installation } from '../installation.ts';
import { redisName } from './keys.ts';
import type { Redis } from './redis.ts';
import { RedisScript } from './script.ts';

export interface Count {
  count: number;
  /** Milliseconds until the window ends. */
  endsInMs: number;
}

const add = new RedisScript(`
local count = redis.call('INCRBY', KEYS[1], ARGV[1])
if count <= 0 then
  redis.call('DEL', KEYS[1])
  return { 0, 0 }
end
local endsIn = redis.call('PTTL', KEYS[1])
if endsIn < 0 then
  endsIn = tonumber(ARGV[2])
  redis.call('PEXPIRE', KEYS[1], endsIn)
end
return { count, endsIn }
`);

export class RedisCounters {
  readonly #redis: Redis;
  readonly #installation: Installation;

  constructor(redis: Redis, installation: Installation) {
    this.#redis = redis;
    this.#installation = installation;
  }

  /**
   * Adds `by`, which may be negative, to the running window of `key`, or begins one of `windowMs`.
   * @returns the count of all nodes; undefined while Redis does not answer
   */
  async add(key: string, by: number, windowMs: number): Promise<Count | undefined> {
    if (!this.#redis.isUp()) return undefined;
    const names = [redisName(this.#installation, `count:${key}`)];
    const reply = await add.run(this.#redis, names, [by, windowMs]).catch(() => undefined);
    const [count, endsInMs]: unknown[] = Array.isArray(reply) ? reply : [];
    return typeof count === 'number' && typeof endsInMs === 'number' ? { count, endsInMs } : undefined;
  }
}
