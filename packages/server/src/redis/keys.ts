/** Names of keys and channels on Redis, under the prefix of the installation: two installations on one Redis never mix. */
import type { Installation } from '../installation.ts';

/**
 * The name on Redis of `name`, which begins with a word for its use: `online:7:user`. A part of `name` in braces decides the slot on
 * a cluster, so keys that one command or script uses have the same part in braces. After a restore the epoch is another one, and keys
 * written before it are no longer read.
 */
export const redisName = ({ epoch }: Pick<Installation, 'epoch'>, name: string): string =>
  `hoory:${epoch}:${name}`;
