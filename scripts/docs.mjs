/**
 * `npm run docs`: prints what the code says: OpenAPI, AsyncAPI and the inventory to docs/, and the types of the tables. With
 * `--check` it writes nothing and fails for each file that is out of date.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { toAsyncApi, toClientOpenApi, toOpenApi } from '../packages/contract/src/index.ts';
import { toInventory } from './inventory.mjs';
import { toTables } from './tables.mjs';

const isCheck = process.argv.includes('--check');
const json = (document) => `${JSON.stringify(document, null, 2)}\n`;
const { tables, columns } = toTables();
const documents = {
  'docs/openapi.json': json(toOpenApi()),
  'docs/openapi-client.json': json(toClientOpenApi()),
  'docs/asyncapi.json': json(toAsyncApi()),
  'docs/inventory.md': toInventory(),
  'packages/server/src/db/tables.ts': tables,
  'packages/server/src/db/columns.ts': columns,
};

for (const [name, text] of Object.entries(documents)) {
  const file = new URL(`../${name}`, import.meta.url);
  if (!isCheck) writeFileSync(file, text);
  else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    console.error(`${name} is out of date: run npm run docs`);
    process.exitCode = 1;
  }
}
