/** A script that Redis runs as one step. */
import { createHash } from 'node:crypto';
import type { Redis } from './redis.ts';

export class RedisScript {
  readonly #text: string;
  readonly #sha: string;

  /** @param text Lua */
  constructor(text: string) {
    this.#text = text;
    // The name that Redis gives a script; it protects nothing.
    this.#sha = createHash('sha1').update(text).digest('hex');
  }

  /**
   * Runs the script by its hash, with its text only where this Redis does not know it yet. The keys are of one slot.
   * @throws when Redis does not answer in time, or the script fails
   */
  async run(
    { commands: client }: Pick<Redis, 'commands'>,
    keys: readonly string[],
    args: readonly (string | number)[],
  ): Promise<unknown> {
    try {
      return await client.call('evalsha', this.#sha, keys.length, ...keys, ...args);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return client.call('eval', this.#text, keys.length, ...keys, ...args);
    }
  }
}
