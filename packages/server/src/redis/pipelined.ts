/** Sends several commands to Redis at once. */
import type { Redis } from './redis.ts';

/** A command with its arguments. */
export type RedisCommand = readonly [name: string, ...args: (string | number)[]];

/**
 * Sends the commands with one write, and on a cluster each to the server of its slot.
 * @returns their replies, in order
 * @throws when one of them fails or has no answer in time; the others may have run
 */
export async function pipelined(
  { commands: client, isCluster }: Pick<Redis, 'commands' | 'isCluster'>,
  commands: readonly RedisCommand[],
): Promise<unknown[]> {
  if (!commands.length) return [];
  if (isCluster || commands.length === 1)
    return Promise.all(commands.map(([name, ...args]) => client.call(name, ...args)));
  const replies = (await client.pipeline(commands.map((command) => [...command])).exec()) ?? [];
  return replies.map(([error, reply]) => {
    if (error) throw error;
    return reply;
  });
}
