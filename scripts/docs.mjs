/**
 * `npm run docs`: prints the documents that the code says, to docs/: OpenAPI, AsyncAPI and the inventory. With `--check` it
 * writes nothing and fails for each that is out of date.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { toAsyncApi, toClientOpenApi, toOpenApi } from '../packages/contract/src/index.ts';
import { toInventory } from './inventory.mjs';

const isCheck = process.argv.includes('--check');
const json = (document) => `${JSON.stringify(document, null, 2)}\n`;
const documents = {
  'openapi.json': json(toOpenApi()),
  'openapi-client.json': json(toClientOpenApi()),
  'asyncapi.json': json(toAsyncApi()),
  'inventory.md': toInventory(),
};

for (const [name, text] of Object.entries(documents)) {
  const file = new URL(`../docs/${name}`, import.meta.url);
  if (!isCheck) writeFileSync(file, text);
  else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    console.error(`docs/${name} is out of date: run npm run docs`);
    process.exitCode = 1;
  }
}
