/** The agents' desk at `/app`, built from `packages/dashboard`: one page for all paths below it, and its assets. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { App } from '../app.ts';
import { notFound } from '../errors.ts';
import { type Assets, findAssets, immutable } from '../http/assets.ts';

/** Relative to the source in `src/pages`, and to the bundle in `dist`. */
const builtFolders = ['../../../dashboard/dist', '../../dashboard/dist'];

/** Registers `GET /app` and `/app/...`. A path without a file is a screen of the desk and gets its page. */
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

/**
 * The Content-Security-Policy: everything from this server only. Pictures of other hosts in customers' cards are shown as links.
 */
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
