/** Settings that every node of a database must have alike, because a caller would get other answers from another node. */
import type { Config } from '../config.ts';
import { hmacName } from '../secrets.ts';

/** By the name of the setting. Values are compared without passwords, which two nodes may have of their own. */
const readers: Record<string, (config: Readonly<Config>) => unknown> = {
  HOORY_URL: ({ url }) => url,
  HOORY_MAX_FILE: ({ maxFile }) => maxFile,
  HOORY_LOG_KEEP: ({ logKeep }) => [logKeep.age, logKeep.events],
  HOORY_RATE_LIMITS: ({ rateLimits }) => rateLimits,
  HOORY_WEBHOOK_ALLOW: ({ webhookAllow }) => [...webhookAllow].sort(),
  REDIS_URL: ({ redisUrl }) => withoutPassword(redisUrl),
  SMTP_URL: ({ smtpUrl }) => withoutPassword(smtpUrl),
  'S3_BUCKET and S3_ENDPOINT': ({ s3 }) => s3 && [new URL(s3.endpoint).href, s3.bucket],
};

/** Hashes of the settings by name, as JSON. The key makes them useless for guessing. */
export const printSettings = (config: Readonly<Config>, key: string): string =>
  JSON.stringify(
    Object.fromEntries(
      Object.entries(readers).map(([name, read]) => [
        name,
        hmacName(key, `setting:${name}:${JSON.stringify(read(config) ?? null)}`, 16),
      ]),
    ),
  );

/** Names of the settings that differ. A setting that only one of two versions knows is not compared. */
export function findDifferences(ours: string, theirs: string): string[] {
  const their = readHashes(theirs);
  return [...readHashes(ours)]
    .filter(([name, hash]) => their.has(name) && their.get(name) !== hash)
    .map(([name]) => name);
}

function readHashes(text: string): Map<string, unknown> {
  const hashes: unknown = JSON.parse(text);
  return new Map(Object.entries(typeof hashes === 'object' && hashes !== null ? hashes : {}));
}

function withoutPassword(address: string | undefined): string | undefined {
  if (address === undefined) return undefined;
  const url = new URL(address);
  url.username = '';
  url.password = '';
  return url.href;
}
