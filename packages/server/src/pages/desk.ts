/** The agents' desk at `/app`: its page for every path beneath, and its assets. Built from `packages/dashboard`. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { App } from '../app.ts';
import { notFound } from '../errors.ts';
import { type Assets, findAssets, immutable } from '../http/assets.ts';

/** Relative to the source in `src/pages`, and to the bundle in `dist`. */
const builtFolders = ['../../../dashboard/dist', '../../dashboard/dist'];

/** `GET /app`, `/app/...`. A path that names no file is a screen of the desk. */
export function registerDesk(http: FastifyInstance, app: App): void {
  let assets: Assets | undefined;
  const serve = async (reply: FastifyReply, path: string): Promise<FastifyReply> => {
    assets ??= findAssets(import.meta.url, builtFolders);
    if (!assets) return reply.code(503).type('text/plain').send('The desk is not built: run npm start.\n');
    if (assets.has(path))
      return assets.send(reply, path, path.startsWith('assets/') ? immutable : 'no-cache');
    if (path.startsWith('assets/')) throw notFound();
    reply.headers({ 'content-security-policy': policy(app.url()), 'referrer-policy': 'same-origin' });
    return assets.send(reply, 'index.html', 'no-cache');
  };
  http.get('/app', (_request, reply) => serve(reply, ''));
  http.get<{ Params: { '*': string } }>('/app/*', ({ params }, reply) => serve(reply, params['*']));
}

/** Everything comes from this server; pictures in customers' cards from elsewhere stay links. */
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
