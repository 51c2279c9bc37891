/** The documents made from the contract: `/openapi.json`, `/asyncapi.json`, and `/docs` to read and try them, all local. */
import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { toAsyncApi, toOpenApi } from '@hoory/contract';
import type { FastifyInstance, FastifyReply } from 'fastify';

const documents = { '/openapi.json': toOpenApi, '/asyncapi.json': toAsyncApi };

/** Registers the documents; each is printed at its first request. */
export function registerDocs(http: FastifyInstance): void {
  for (const [path, make] of Object.entries(documents)) {
    let text: string | undefined;
    http.get(path, (_request, reply) => {
      text ??= JSON.stringify(make());
      return reply.type('application/json; charset=utf-8').send(text);
    });
  }
  http.get('/docs', (_request, reply) => send(reply, 'text/html; charset=utf-8', page));
  http.get('/docs/start.js', (_request, reply) => send(reply, scriptType, start));
  for (const [name, type] of Object.entries(assets))
    http.get(`/docs/${name}`, (_request, reply) =>
      send(reply, type, createReadStream(join(assetFolder(), name))),
    );
}

const scriptType = 'text/javascript; charset=utf-8';

/** What the page needs of the published Swagger UI. */
const assets: Record<string, string> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'index.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': scriptType,
  'favicon-32x32.png': 'image/png',
};

const require = createRequire(import.meta.url);
const assetFolder = () => join(require.resolve('@fastify/swagger-ui/package.json'), '../static');

const page = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Hoory API</title>
<meta name="viewport" content="width=device-width,initial-scale=1">
<link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css"><link rel="stylesheet" href="/docs/index.css">
</head><body><div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script>
</body></html>
`;

const start = `SwaggerUIBundle({
  url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true, docExpansion: 'list', tryItOutEnabled: true,
  validatorUrl: null,
});
`;

const policy =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self'; frame-ancestors 'none'";

const send = (reply: FastifyReply, type: string, content: unknown) =>
  reply.headers({ 'content-type': type, 'content-security-policy': policy }).send(content);
