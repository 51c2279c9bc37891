/**
 * Documentation: `/openapi.json`, `/openapi-client.json` and `/asyncapi.json` made from the contract, `/docs` to read and try the API, and the guides
 * of `docs/` beneath it. Everything comes from this server.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { toAsyncApi, toClientOpenApi, toOpenApi } from '@hoory/contract';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { App } from '../app.ts';
import { type Assets, cacheControlFor, findAssets } from '../http/assets.ts';
import { escapeHtml } from './html.ts';

const documents = {
  '/openapi.json': toOpenApi,
  '/openapi-client.json': toClientOpenApi,
  '/asyncapi.json': toAsyncApi,
};

/** Files of `docs/` that say how to use the server; the others are for those who change it. */
const guides = ['socket', 'webhooks'];

/** Registers the documents and pages; each is made at its first request. */
export function registerDocs(http: FastifyInstance, app: App): void {
  for (const [path, make] of Object.entries(documents)) {
    let text: string | undefined;
    http.get(path, (_request, reply) => {
      text ??= JSON.stringify(make());
      return reply.type('application/json; charset=utf-8').send(text);
    });
  }
  http.get('/docs', (_request, reply) => send(reply, htmlType, reference()));
  for (const guide of guides) {
    let text: Promise<string> | undefined;
    http.get(`/docs/${guide}`, async (_request, reply) => {
      text ??= renderGuide(guide, app.url());
      return send(reply, htmlType, await text);
    });
  }
  http.get('/docs/start.js', (_request, reply) => send(reply, scriptType, start));
  http.get('/docs/page.css', (_request, reply) => send(reply, styleType, style));
  for (const name of assetNames)
    http.get(`/docs/${name}`, (request, reply) => {
      const cacheControl = cacheControlFor(assets(), name, (request.query as { v?: unknown }).v);
      return assets().send(reply.header('content-security-policy', policy), name, cacheControl);
    });
}

const htmlType = 'text/html; charset=utf-8';
const scriptType = 'text/javascript; charset=utf-8';
const styleType = 'text/css; charset=utf-8';

/** What the reference needs of the published Swagger UI. */
const assetNames = ['swagger-ui.css', 'index.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];

const require = createRequire(import.meta.url);

let found: Assets | undefined;

/** The build keeps them compressed beside the bundle; sources take them as they were published. */
function assets(): Assets {
  const published = () => require.resolve('@fastify/swagger-ui/package.json');
  found ??=
    findAssets(import.meta.url, ['./docs/assets']) ??
    findAssets(pathToFileURL(published()).href, ['./static']);
  if (!found) throw new Error('The files of Swagger UI are not here');
  return found;
}

const addressOfAsset = (name: string) => `/docs/${name}?v=${assets().versionOf(name)}`;

/** Seen from the source in `src/pages` and from the bundle in `dist`. */
const folders = ['../../../../docs/', './docs/'];

/** A guide as a page, with this server's address in its examples. */
async function renderGuide(guide: string, url: string): Promise<string> {
  const path = folders
    .map((folder) => fileURLToPath(new URL(`${folder}${guide}.md`, import.meta.url)))
    .find(existsSync);
  if (!path) throw new Error(`docs/${guide}.md is not here`);
  const source = (await readFile(path, 'utf8'))
    .replaceAll('http://localhost:3000', url)
    .replaceAll('ws://localhost:3000', url.replace(/^http/, 'ws'));
  const { Marked } = await import('marked');
  const sections: { text: string; id: string }[] = [];
  let title = guide;
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth, text }) {
        const id = text.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
        if (depth === 1) title = text;
        if (depth === 2) sections.push({ text, id });
        return `<h${depth} id="${id}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      // What scrolls sideways can be reached with the keyboard.
      code: ({ text }) => `<pre tabindex="0"><code>${escapeHtml(text)}</code></pre>\n`,
      link({ href, tokens }) {
        return `<a href="${escapeHtml(addressOf(href))}">${this.parser.parseInline(tokens)}</a>`;
      },
    },
  });
  const body = await marked.parse(source);
  const links = sections.map(({ text, id }) => `<li><a href="#${id}">${escapeHtml(text)}</a></li>`);
  return page(
    { title, here: `/docs/${guide}` },
    `<main><nav aria-label="On this page"><ul>${links.join('')}</ul></nav><article>${body}</article></main>`,
  );
}

/** Where a link between files of `docs/` leads on this server. */
function addressOf(href: string): string {
  const [, name, ending] = /^([\w-]+)\.(json|md)$/.exec(href) ?? [];
  if (ending === 'json') return `/${href}`;
  return name === undefined ? href : `/docs/${name}`;
}

const places = {
  '/docs': 'API reference',
  '/docs/socket': 'Socket',
  '/docs/webhooks': 'Webhooks',
  '/openapi.json': 'openapi.json',
  '/openapi-client.json': 'openapi-client.json',
  '/asyncapi.json': 'asyncapi.json',
};

function page(
  { title, here, head = '' }: { title: string; here: string; head?: string },
  body: string,
): string {
  const links = Object.entries(places).map(
    ([path, name]) => `<a href="${path}"${path === here ? ' aria-current="page"' : ''}>${name}</a>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)} – Hoory</title>
<meta name="viewport" content="width=device-width,initial-scale=1">
<link rel="icon" type="image/png" href="${addressOfAsset('favicon-32x32.png')}">
${head}<link rel="stylesheet" href="/docs/page.css">
</head><body><header><nav aria-label="Documentation">${links.join('')}</nav></header>
${body}
</body></html>
`;
}

const reference = () =>
  page(
    {
      title: 'API reference',
      here: '/docs',
      head: ['swagger-ui.css', 'index.css']
        .map((name) => `<link rel="stylesheet" href="${addressOfAsset(name)}">`)
        .join(''),
    },
    `<div id="swagger-ui"></div>
<script src="${addressOfAsset('swagger-ui-bundle.js')}"></script><script src="/docs/start.js"></script>`,
  );

const start = `SwaggerUIBundle({
  url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true, docExpansion: 'list', tryItOutEnabled: true,
  validatorUrl: null,
});
`;

/** The reference is light only, so its page is. */
const style = `
:root{color-scheme:light dark}:root:has(#swagger-ui){color-scheme:light}
body{margin:0;font:15px/1.55 Inter,system-ui,sans-serif;background:light-dark(#fff,#101216);color:light-dark(#1c2028,#eceef2)}
header{position:sticky;top:0;z-index:1;background:light-dark(#fff,#101216);border-bottom:1px solid light-dark(#dfe2e8,#2b303a)}
header nav{display:flex;gap:4px;overflow-x:auto;padding:8px 16px;white-space:nowrap}
header a{padding:6px 10px;border-radius:6px;color:inherit;text-decoration:none;font-size:14px}
header a:hover{background:light-dark(#f1f2f5,#1c2028)}
header a[aria-current]{background:light-dark(#e8edfd,#1d2742);color:light-dark(#1f4fd8,#a9c1ff);font-weight:600}
main{display:grid;grid-template-columns:minmax(0,760px) 200px;gap:48px;justify-content:center;padding:24px 24px 96px}
main nav{order:1;font-size:13px}main nav ul{position:sticky;top:72px;list-style:none;margin:0;padding:0}main nav li{padding:4px 0}
main nav a{color:light-dark(#5a6270,#a2a9b8);text-decoration:none}main nav a:hover{text-decoration:underline}
article h1{font-size:26px;line-height:1.25;margin:8px 0 16px}article h2{font-size:19px;margin:40px 0 12px}
article h1,article h2{scroll-margin-top:64px}article a{color:light-dark(#1f4fd8,#8fb0ff)}
article code{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,monospace;background:light-dark(#f1f2f5,#1c2028);padding:1px 4px;border-radius:4px;overflow-wrap:anywhere}
article pre{background:light-dark(#f6f7f9,#171a20);border:1px solid light-dark(#dfe2e8,#2b303a);border-radius:10px;padding:12px 16px;overflow-x:auto}
article pre code{background:none;padding:0;overflow-wrap:normal}
article table{border-collapse:collapse;width:100%;font-size:14px;margin:16px 0}
article :is(th,td){text-align:start;vertical-align:top;padding:8px 12px 8px 0;border-bottom:1px solid light-dark(#dfe2e8,#2b303a)}
:focus-visible{outline:2px solid light-dark(#1f4fd8,#8fb0ff);outline-offset:2px}
@media(max-width:900px){main{display:block;padding:16px 16px 64px}main nav{display:none}}
`;

const policy =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self'; frame-ancestors 'none'";

const send = (reply: FastifyReply, type: string, content: unknown) =>
  reply.headers({ 'content-type': type, 'content-security-policy': policy }).send(content);
