/**
 * Documentation: `/openapi.json`, `/openapi-client.json` and `/asyncapi.json` from the contract, the API reference at `/docs`, and
 * the
 * guides of `docs/` below it. All assets come from this server.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { toAsyncApi, toClientOpenApi, toOpenApi } from '@hoory/contract';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { html, raw } from 'hono/html';
import type { App } from '../app.ts';
import { type Assets, cacheControlFor, findAssets } from '../http/assets.ts';
import { docsStyle } from './docs-style.ts';
import type { Html } from './html.ts';

const documents = {
  '/openapi.json': toOpenApi,
  '/openapi-client.json': toClientOpenApi,
  '/asyncapi.json': toAsyncApi,
};

/** Files of `docs/` for users of the server; the others are for its developers. */
const guides = ['socket', 'webhooks'];

/** Registers the documents and pages; each is made for its first request and kept. */
export function registerDocs(http: FastifyInstance, app: App): void {
  for (const [path, make] of Object.entries(documents)) {
    let text: string | undefined;
    http.get(path, (_request, reply) => {
      text ??= JSON.stringify(make());
      return reply.type('application/json; charset=utf-8').send(text);
    });
  }
  http.get('/docs', async (_request, reply) => send(reply, htmlType, String(await reference())));
  for (const guide of guides) {
    let text: Promise<string> | undefined;
    http.get(`/docs/${guide}`, async (_request, reply) => {
      text ??= renderGuide(guide, app.url());
      return send(reply, htmlType, await text);
    });
  }
  http.get('/docs/start.js', (_request, reply) => send(reply, scriptType, start));
  http.get('/docs/page.css', (_request, reply) => send(reply, styleType, docsStyle));
  for (const name of assetNames)
    http.get<{ Querystring: { v?: unknown } }>(`/docs/${name}`, ({ query }, reply) => {
      const cacheControl = cacheControlFor(assets(), name, query.v);
      return assets().send(reply.header('content-security-policy', policy), name, cacheControl);
    });
}

const htmlType = 'text/html; charset=utf-8';
const scriptType = 'text/javascript; charset=utf-8';
const styleType = 'text/css; charset=utf-8';

/** Files of Swagger UI that the reference loads. */
const assetNames = ['swagger-ui.css', 'index.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];

const require = createRequire(import.meta.url);

let swaggerAssets: Assets | undefined;

/** The build stores them compressed beside the bundle; when the server runs from its sources, they come from the package. */
function assets(): Assets {
  const published = () => require.resolve('@fastify/swagger-ui/package.json');
  swaggerAssets ??=
    findAssets(import.meta.url, ['./docs/assets']) ??
    findAssets(pathToFileURL(published()).href, ['./static']);
  if (!swaggerAssets) throw new Error('The files of Swagger UI do not exist: build the server again');
  return swaggerAssets;
}

const addressOfAsset = (name: string) => `/docs/${name}?v=${assets().versionOf(name)}`;

/** Relative to the source in `src/pages`, and to the bundle in `dist`. */
const folders = ['../../../../docs/', './docs/'];

/** Renders a guide as a page, with this server's address in its examples. */
async function renderGuide(guide: string, url: string): Promise<string> {
  const source = (await readGuide(guide))
    .replaceAll('http://localhost:3000', url)
    .replaceAll('ws://localhost:3000', url.replace(/^http/, 'ws'));
  const { title, sections, body } = await renderMarkdown(source);
  const links = sections.map(({ text, id }) => html`<li><a href="#${id}">${text}</a></li>`);
  const main = html`<main><nav aria-label="On this page"><ul>${links}</ul></nav><article>${raw(body)}</article></main>`;
  return String(await page({ title: title ?? guide, current: `/docs/${guide}` }, main));
}

function readGuide(guide: string): Promise<string> {
  const path = folders
    .map((folder) => fileURLToPath(new URL(`${folder}${guide}.md`, import.meta.url)))
    .find(existsSync);
  if (!path) throw new Error(`docs/${guide}.md does not exist: build the server again`);
  return readFile(path, 'utf8');
}

interface Guide {
  title: string | undefined;
  sections: { text: string; id: string }[];
  /** HTML. */
  body: string;
}

async function renderMarkdown(source: string): Promise<Guide> {
  const { Marked } = await import('marked');
  const sections: Guide['sections'] = [];
  let title: string | undefined;
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth, text }) {
        const id = text.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
        if (depth === 1) title = text;
        if (depth === 2) sections.push({ text, id });
        return `<h${depth} id="${id}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      // A block that scrolls sideways needs a tabindex to be reachable with the keyboard.
      code: ({ text }) => String(html`<pre tabindex="0"><code>${text}</code></pre>\n`),
      link({ href, tokens }) {
        return String(html`<a href="${addressOf(href)}">${raw(this.parser.parseInline(tokens))}</a>`);
      },
    },
  });
  const body = await marked.parse(source);
  return { title, sections, body };
}

/** The path on this server for a link between files of `docs/`. */
function addressOf(href: string): string {
  const [, name, ending] = /^([\w-]+)\.(json|md)$/.exec(href) ?? [];
  if (ending === 'json') return `/${href}`;
  return name === undefined ? href : `/docs/${name}`;
}

const navigation = {
  '/docs': 'API reference',
  '/docs/socket': 'Socket',
  '/docs/webhooks': 'Webhooks',
  '/openapi.json': 'openapi.json',
  '/openapi-client.json': 'openapi-client.json',
  '/asyncapi.json': 'asyncapi.json',
};

/** @param frame `current` is the page's path in the navigation */
function page({ title, current, head }: { title: string; current: string; head?: Html[] }, body: Html): Html {
  const links = Object.entries(navigation).map(
    ([path, name]) => html`<a href="${path}"${path === current && raw(' aria-current="page"')}>${name}</a>`,
  );
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${title} – Hoory</title>
<meta name="viewport" content="width=device-width,initial-scale=1">
<link rel="icon" type="image/png" href="${addressOfAsset('favicon-32x32.png')}">
${head}<link rel="stylesheet" href="/docs/page.css">
</head><body><header><nav aria-label="Documentation">${links}</nav></header>
${body}
</body></html>
`;
}

const reference = (): Html =>
  page(
    {
      title: 'API reference',
      current: '/docs',
      head: ['swagger-ui.css', 'index.css'].map(
        (name) => html`<link rel="stylesheet" href="${addressOfAsset(name)}">`,
      ),
    },
    html`<div id="swagger-ui"></div>
<script src="${addressOfAsset('swagger-ui-bundle.js')}"></script><script src="/docs/start.js"></script>`,
  );

const start = `SwaggerUIBundle({
  url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true, docExpansion: 'list', tryItOutEnabled: true,
  validatorUrl: null,
});
`;

const policy =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self'; frame-ancestors 'none'";

const send = (reply: FastifyReply, type: string, content: unknown) =>
  reply.headers({ 'content-type': type, 'content-security-policy': policy }).send(content);
