/** The printed documents: valid, complete, true to their own examples, and the same as the committed ones. */
import { existsSync, readFileSync } from 'node:fs';
import specs from '@asyncapi/specs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import type { TSchema } from 'typebox';
import { describe, expect, it } from 'vitest';
import { agentApi, clientApi, events, toAsyncApi, toOpenApi, VERSION } from '../src/index.ts';
import { faultsOf } from './strict.ts';

type Json = Record<string, unknown>;

const openApi = toOpenApi();
const asyncApi = toAsyncApi();
const documents = { openapi: openApi, asyncapi: asyncApi };

/** Every object inside a JSON value. */
function* objectsIn(value: unknown): Generator<Json> {
  if (typeof value !== 'object' || value === null) return;
  yield value as Json;
  for (const inner of Object.values(value)) yield* objectsIn(inner);
}

function target(document: unknown, reference: string): unknown {
  return reference
    .slice(2)
    .split('/')
    .reduce<unknown>((place, key) => (place as Json | undefined)?.[key], document);
}

describe.each(Object.entries(documents))('%s.json', (name, document) => {
  it('is committed as it is printed', () => {
    const file = new URL(`../../../docs/${name}.json`, import.meta.url);
    const committed = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const isFresh = committed === `${JSON.stringify(document, null, 2)}\n`;
    expect(isFresh, `docs/${name}.json is stale: run "npm run docs" and commit it`).toBe(true);
  });

  it('refers only to what it holds', () => {
    const references = [...objectsIn(document)]
      .map(({ $ref }) => $ref)
      .filter((one) => typeof one === 'string');
    expect(references.length).toBeGreaterThan(20);
    expect(references.filter((one) => target(document, one) === undefined)).toEqual([]);
  });

  it('carries the version of the package', () => {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    expect([VERSION, (document.info as Json).version]).toEqual([version, version]);
  });
});

describe('openapi.json', () => {
  it('is valid OpenAPI', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(openApi));
    expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
  });

  it('has every endpoint, updates twice', () => {
    const operations = [...objectsIn(openApi.paths)].map(({ operationId }) => operationId).filter(Boolean);
    const tables = Object.entries({ ...clientApi, ...agentApi });
    const expected = tables.flatMap(([id, { method }]) => (method === 'PATCH' ? [id, `${id}ByPut`] : [id]));
    expect(operations.sort()).toEqual(expected.sort());
  });

  it('shows examples that meet their schema', () => {
    const schemas = Object.values({ ...clientApi, ...agentApi })
      .flatMap(({ returns }) => [...objectsIn(returns)])
      .filter(({ examples }) => Array.isArray(examples));
    expect(schemas.length).toBeGreaterThan(0);
    for (const schema of schemas)
      for (const example of schema.examples as unknown[])
        expect(faultsOf(schema as TSchema, example)).toEqual([]);
  });
});

describe('asyncapi.json', () => {
  it('is valid AsyncAPI', () => {
    const ajv = new Ajv({ strict: false, allErrors: true });
    addFormats.default(ajv);
    const check = ajv.compile(specs.schemasWithoutId['3.1.0']);
    check(asyncApi);
    expect(check.errors).toBeNull();
  });

  it('has every event of both audiences', () => {
    const messages = Object.keys((asyncApi.components as { messages: Json }).messages);
    const expected = Object.entries(events).flatMap(([audience, table]) =>
      Object.keys(table).map((event) => `${audience}.${event}`),
    );
    expect(messages).toEqual(expect.arrayContaining(expected));
  });
});
