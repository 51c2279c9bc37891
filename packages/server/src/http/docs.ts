/** The documents made from the contract: `/openapi.json`, `/asyncapi.json`, and `/docs` to read and try them, all local. */
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { toAsyncApi, toOpenApi } from '@hoory/contract';
import type { FastifyInstance } from 'fastify';

/** Prints the documents once, at start. */
export async function registerDocs(http: FastifyInstance): Promise<void> {
  const openApi = toOpenApi();
  const asyncApi = JSON.stringify(toAsyncApi());
  const openApiText = JSON.stringify(openApi);
  const json = 'application/json; charset=utf-8';
  http.get('/openapi.json', (_request, reply) => reply.type(json).send(openApiText));
  http.get('/asyncapi.json', (_request, reply) => reply.type(json).send(asyncApi));
  await http.register(swagger, { mode: 'static', specification: { document: openApi as never } });
  await http.register(swaggerUi, {
    routePrefix: '/docs',
    uiConfig: { docExpansion: 'list', deepLinking: true, tryItOutEnabled: true },
    theme: { title: 'Hoory API' },
    staticCSP:
      "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self'; frame-ancestors 'none'",
  });
}
