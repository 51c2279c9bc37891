/** The agents' desk at `/app`: its page for every path beneath, and its assets. Built from `packages/dashboard`. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { App } from '../app.ts';
import { notFound } from '../errors.ts';

/** Seen from the source in `src/pages` and from the bundle in `dist`. */
const places = ['../../../dashboard/dist', '../../dashboard/dist'];

const types: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

/** `GET /app`, `/app/...`. A path that names no file is a screen of the desk. */
export function registerDesk(http: FastifyInstance, app: App): void {
  http.get('/app', (_request, reply) => serve(app, reply, 'index.html'));
  http.get('/app/*', (request, reply) => serve(app, reply, (request.params as { '*': string })['*']));
}

async function serve(app: App, reply: FastifyReply, path: string): Promise<FastifyReply> {
  const folder = places.map((place) => fileURLToPath(new URL(place, import.meta.url))).find(existsSync);
  if (!folder) return reply.code(503).type('text/plain').send('The desk is not built: run npm start.\n');
  const asked = await read(folder, path);
  if (!asked && path.startsWith('assets/')) throw notFound();
  const name = asked ? path : 'index.html';
  return reply.headers(headersOf(app, name)).send(asked ?? (await read(folder, name)));
}

/** Undefined for what is no file of the desk. */
async function read(folder: string, path: string): Promise<Buffer | undefined> {
  const file = resolve(folder, path);
  if (!types[extname(file)] || !file.startsWith(folder + sep)) return undefined;
  return readFile(file).catch(() => undefined);
}

/** Names of assets carry a hash of what is in them. */
function headersOf(app: App, name: string): Record<string, string> {
  return {
    'content-type': types[extname(name)] ?? 'application/octet-stream',
    'cache-control': name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    ...(name === 'index.html' && {
      'content-security-policy': policy(app.url()),
      'referrer-policy': 'same-origin',
    }),
  };
}

/** Everything comes from this server; what the customers' cards show from elsewhere stays a link. */
function policy(url: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    `connect-src 'self' ${url.replace(/^http/, 'ws')}`,
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}
