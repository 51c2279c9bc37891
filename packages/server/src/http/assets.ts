/** Files that were built, sent in the encoding that the client takes: their `.br` and `.gz` forms stand beside them. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** Gives replies `sendFile`. */
export const registerAssets = (http: FastifyInstance): Promise<void> =>
  Promise.resolve(http.register(fastifyStatic, { serve: false, preCompressed: true, cacheControl: false }));

/** A folder of built files. */
export interface Assets {
  /** Whether there is a file of that path, such as `assets/index.js`. */
  has(path: string): boolean;
  /** Sends the file, for browsers to keep as `cacheControl` says. */
  send(reply: FastifyReply, path: string, cacheControl: string): FastifyReply;
  /** The content of a file as a short hash, for addresses that change with it. */
  versionOf(path: string): string;
}

/** For files whose address changes with their content. */
export const immutable = 'public, max-age=31536000, immutable';

/** Immutable at the address that names the file's version; elsewhere a new version must be seen soon. */
export const cacheControlFor = (assets: Assets, path: string, version: unknown): string =>
  version === assets.versionOf(path) ? immutable : 'public, max-age=300';

/**
 * Finds the first of `places` that exists, relative to `from`: the source and the bundle see the built folder from different
 * folders.
 * @returns undefined when nothing is built
 */
export function findAssets(from: string, places: readonly string[]): Assets | undefined {
  const root = places.map((place) => fileURLToPath(new URL(place, from))).find(existsSync);
  if (!root) return undefined;
  const files = new Set(
    readdirSync(root, { recursive: true }).map((path) => String(path).replaceAll('\\', '/')),
  );
  const versions = new Map<string, string>();
  return {
    has: (path) =>
      files.has(path) && /\.\w+$/.test(path) && !/\.(br|gz|map)$/.test(path) && !/(^|\/)\./.test(path),
    send: (reply, path, cacheControl) =>
      reply.headers({ 'cache-control': cacheControl, vary: 'Accept-Encoding' }).sendFile(path, root),
    versionOf: (path) => {
      const known = versions.get(path);
      if (known) return known;
      const version = createHash('sha256')
        .update(readFileSync(join(root, path)))
        .digest('hex')
        .slice(0, 12);
      versions.set(path, version);
      return version;
    },
  };
}
