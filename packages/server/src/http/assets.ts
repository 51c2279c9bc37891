/** Serves built files in the encoding that the client accepts, from the `.br` and `.gz` files beside them. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** Adds `sendFile` to replies. */
export const registerAssets = (http: FastifyInstance): Promise<void> =>
  Promise.resolve(http.register(fastifyStatic, { serve: false, preCompressed: true, cacheControl: false }));

/** A folder of built files. */
export interface Assets {
  /** Whether there is a file of that path, such as `assets/index.js`. */
  has(path: string): boolean;
  /** Sends the file with `cacheControl` as its header. */
  send(reply: FastifyReply, path: string, cacheControl: string): FastifyReply;
  /** A short hash of a file's content, for an address that changes with the content. */
  versionOf(path: string): string;
}

/** For files whose address changes with their content. */
export const immutable = 'public, max-age=31536000, immutable';

/** A file is immutable at the address that contains its hash. At any other address a new version must be seen soon. */
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
