/** Prints the documents of the contract to docs/; run it after a change of the wire: npm run docs */
import { mkdirSync, writeFileSync } from 'node:fs';
import { toAsyncApi, toClientOpenApi, toOpenApi } from '../packages/contract/src/index.ts';

const folder = new URL('../docs/', import.meta.url);

mkdirSync(folder, { recursive: true });
const documents = { openapi: toOpenApi(), 'openapi-client': toClientOpenApi(), asyncapi: toAsyncApi() };
for (const [name, document] of Object.entries(documents))
  writeFileSync(new URL(`${name}.json`, folder), `${JSON.stringify(document, null, 2)}\n`);
