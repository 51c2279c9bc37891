/** The example chat, built from `examples/chat`: its page for each inbox, and the script that embeds it in other sites. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { html } from 'hono/html';
import type { App } from '../app.ts';
import { type Assets, cacheControlFor, findAssets } from '../http/assets.ts';
import { acceptedLanguages, sendPage, textOf } from './html.ts';

/** Relative to the source in `src/pages`, and to the bundle in `dist`. */
const builtFolders = ['../../../../examples/chat/dist', '../../../examples/chat/dist'];

const script = 'chat.js';

/** Registers `GET /chat.js`, `GET /chat/words/{language}.json` and `GET /chat/{inbox_identifier}`. */
export function registerPages(http: FastifyInstance, app: App): void {
  let assets: Assets | undefined;
  const built = () => {
    assets ??= findAssets(import.meta.url, builtFolders);
    return assets;
  };
  http.get<{ Querystring: { v?: unknown } }>('/chat.js', ({ query }, reply) =>
    serveScript(reply, built(), query.v),
  );
  http.get<{ Params: { file: string } }>('/chat/words/:file', ({ params }, reply) =>
    serveWords(reply, built(), textOf(params.file)),
  );
  http.get<{ Params: { inbox_identifier: string } }>('/chat/:inbox_identifier', (request, reply) =>
    servePage(app, reply, {
      identifier: textOf(request.params.inbox_identifier),
      lang: preferredLanguage(request),
      version: built()?.versionOf(script) ?? '',
    }),
  );
}

/**
 * Serves the script. Sites embed it without a version, so it is cached briefly; our own page adds the version and caches it for
 * long.
 */
function serveScript(reply: FastifyReply, assets: Assets | undefined, version: unknown): FastifyReply {
  reply.header('access-control-allow-origin', '*');
  if (!assets)
    return reply
      .code(503)
      .type('text/javascript; charset=utf-8')
      .send('throw new Error("The chat is not built: run npm start.");\n');
  return assets.send(reply, script, cacheControlFor(assets, script, version));
}

/** Serves the texts of one language, which the script loads when it opens in that language. */
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

interface ChatPage {
  identifier: string;
  lang: string;
  /** Version of the script, for its URL. */
  version: string;
}

async function servePage(
  app: App,
  reply: FastifyReply,
  { identifier, lang, version }: ChatPage,
): Promise<FastifyReply> {
  const inbox = await app.db.get(
    app.db.q
      .selectFrom('inboxes')
      .select(['name', 'identifier', 'allowed_origins'])
      .where('identifier', '=', identifier),
  );
  const origins: string[] = inbox ? JSON.parse(inbox.allowed_origins) : [];
  const page = { head, style, policy: policy(app.url(), origins) };
  reply.header('cache-control', 'no-cache');
  if (!inbox) return sendPage(reply.code(404), { ...page, lang: 'en', title: 'No chat here', body: noChat });
  const body = html`<h1>${inbox.name}</h1><hoory-chat inbox="${inbox.identifier}"></hoory-chat><script src="/chat.js?v=${version}" defer></script>`;
  return sendPage(reply, { ...page, lang, title: inbox.name, body });
}

const noChat = html`<div class="note"><h1 class="shown">There is no chat at this address</h1>
<p>Check the inbox identifier at the end of it. You find it in the settings of the inbox, under Configuration.</p></div>`;

/**
 * Directives of the Content-Security-Policy: pictures and media from any https address, as cards may show them; all else from this
 * server.
 */
function policy(url: string, origins: readonly string[]): string[] {
  const rules = [
    "script-src 'self'",
    `connect-src 'self' ${url.replace(/^http/, 'ws')}`,
    "img-src 'self' https: data: blob:",
    "media-src 'self' https: blob:",
    "base-uri 'none'",
    "form-action 'none'",
  ];
  if (origins.length) rules.push(`frame-ancestors 'self' ${origins.join(' ').replace(/[;,\r\n]/g, ' ')}`);
  return rules;
}

/** The first acceptable language tag of the browser, for the page; the script chooses the language of the chat itself. */
const preferredLanguage = (request: FastifyRequest): string =>
  acceptedLanguages(request).find((tag) => /^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i.test(tag)) ?? 'en';

const head = html`<meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover,interactive-widget=resizes-content">
<link rel="icon" href="data:,">`;

const style = `
html,body{height:100%;margin:0}
body{color-scheme:light dark;font:15px/1.45 Inter,system-ui,sans-serif;background:light-dark(#f1f2f5,#101216);color:light-dark(#1c2028,#eceef2)}
h1{font-size:20px}h1:not(.shown){position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);margin:0}
main{height:100dvh;max-width:720px;margin:0 auto}.note{padding:20vh 24px}
`;
