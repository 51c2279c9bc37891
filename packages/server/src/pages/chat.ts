/** The example chat: its page for each inbox, and the script that embeds it. Built from `examples/chat`. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { App } from '../app.ts';
import { type Assets, cacheControlFor, findAssets } from '../http/assets.ts';
import { newToken } from '../secrets.ts';
import { escapeHtml, textOf } from './html.ts';

/** Seen from the source in `src/pages` and from the bundle in `dist`. */
const places = ['../../../../examples/chat/dist', '../../../examples/chat/dist'];

const script = 'chat.js';

/** `GET /chat.js`, `GET /chat/words/{language}.json` and `GET /chat/{inbox_identifier}`. */
export function registerPages(http: FastifyInstance, app: App): void {
  let assets: Assets | undefined;
  const built = () => {
    assets ??= findAssets(import.meta.url, places);
    return assets;
  };
  http.get('/chat.js', (request, reply) => serveScript(reply, built(), (request.query as { v?: unknown }).v));
  http.get('/chat/words/:file', (request, reply) =>
    serveWords(reply, built(), textOf((request.params as { file: string }).file)),
  );
  http.get('/chat/:inbox_identifier', (request, reply) =>
    servePage(app, reply, {
      identifier: textOf((request.params as { inbox_identifier: string }).inbox_identifier),
      lang: preferredLanguage(request.headers['accept-language']),
      version: built()?.versionOf(script) ?? '',
    }),
  );
}

/** Sites embed the bare address, which must follow a new version soon; our own page names the version. */
function serveScript(reply: FastifyReply, assets: Assets | undefined, version: unknown): FastifyReply {
  reply.header('access-control-allow-origin', '*');
  if (!assets)
    return reply
      .code(503)
      .type('text/javascript; charset=utf-8')
      .send('throw new Error("The chat is not built: run npm start.");\n');
  return assets.send(reply, script, cacheControlFor(assets, script, version));
}

/** The words of one language, which the script loads when it opens in that language. */
function serveWords(reply: FastifyReply, assets: Assets | undefined, file: string): FastifyReply {
  const path = `words/${file}`;
  reply.header('access-control-allow-origin', '*');
  if (!assets?.has(path))
    return reply
      .code(404)
      .type('application/json; charset=utf-8')
      .send('{"error":"There are no words in this language"}');
  return assets.send(reply, path, cacheControlFor(assets, path, undefined));
}

interface Wanted {
  identifier: string;
  lang: string;
  /** Of the script. */
  version: string;
}

async function servePage(
  app: App,
  reply: FastifyReply,
  { identifier, lang, version }: Wanted,
): Promise<FastifyReply> {
  const inbox = await app.db.get(
    app.db.q
      .selectFrom('inboxes')
      .select(['name', 'identifier', 'allowed_origins'])
      .where('identifier', '=', identifier),
  );
  const nonce = newToken();
  const origins = inbox ? (JSON.parse(inbox.allowed_origins) as string[]) : [];
  reply.headers({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-cache',
    vary: 'Accept-Language',
    'referrer-policy': 'no-referrer',
    'content-security-policy': policy(app.url(), nonce, origins),
  });
  if (!inbox) return reply.code(404).send(page({ title: 'No chat here', lang: 'en', nonce }, unknown));
  const { name } = inbox;
  const chat = `<h1>${escapeHtml(name)}</h1><hoory-chat inbox="${escapeHtml(inbox.identifier)}"></hoory-chat><script src="/chat.js?v=${version}" defer></script>`;
  return reply.send(page({ title: name, lang, nonce }, chat));
}

const unknown = `<div class="note"><h1 class="shown">There is no chat at this address</h1>
<p>Check the inbox identifier at the end of it. You find it in the settings of the inbox, under Configuration.</p></div>`;

/** Cards may show pictures from elsewhere, and files may be kept elsewhere; nothing else leaves this server. */
function policy(url: string, nonce: string, origins: readonly string[]): string {
  const rules = [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'nonce-${nonce}'`,
    `connect-src 'self' ${url.replace(/^http/, 'ws')}`,
    "img-src 'self' https: data: blob:",
    "media-src 'self' https: blob:",
    "base-uri 'none'",
    "form-action 'none'",
  ];
  if (origins.length) rules.push(`frame-ancestors 'self' ${origins.join(' ').replace(/[;,\r\n]/g, ' ')}`);
  return rules.join('; ');
}

/** The chat's words are chosen by the browser; this names the language of the page around it. */
function preferredLanguage(accepted = ''): string {
  return /^[a-z]{2,3}(-[a-z0-9]{2,8})*/i.exec(accepted)?.[0] ?? 'en';
}

interface Head {
  title: string;
  lang: string;
  nonce: string;
}

function page({ title, lang, nonce }: Head, body: string): string {
  return `<!doctype html>
<html lang="${lang}"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover,interactive-widget=resizes-content">
<link rel="icon" href="data:,">
<style nonce="${nonce}">
html,body{height:100%;margin:0}
body{color-scheme:light dark;font:15px/1.45 Inter,system-ui,sans-serif;background:light-dark(#f1f2f5,#101216);color:light-dark(#1c2028,#eceef2)}
h1{font-size:20px}h1:not(.shown){position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);margin:0}
main{height:100dvh;max-width:720px;margin:0 auto}.note{padding:20vh 24px}
</style></head><body><main>${body}</main></body></html>
`;
}
