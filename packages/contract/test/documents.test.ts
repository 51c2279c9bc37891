/** The printed documents: valid, complete, true to their own examples, and the same as the committed ones. */
import { existsSync, readFileSync } from 'node:fs';
import specs from '@asyncapi/specs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import type { TSchema } from 'typebox';
import { describe, expect, it } from 'vitest';
import {
  agentApi,
  clientApi,
  type Endpoint,
  events,
  tags,
  toAsyncApi,
  toClientOpenApi,
  toOpenApi,
  VERSION,
} from '../src/index.ts';
import { faultsOf } from './strict.ts';

type Json = Record<string, unknown>;

const openApi = toOpenApi();
const asyncApi = toAsyncApi();
const clientOpenApi = toClientOpenApi();
const documents = { openapi: openApi, 'openapi-client': clientOpenApi, asyncapi: asyncApi };

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

interface Operation {
  operationId: string;
  tags: string[];
  summary: string;
  security?: Json[];
  parameters?: { $ref?: string; schema?: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}

interface Schema extends Json {
  $ref?: string;
  type?: string | string[];
  format?: string;
  maximum?: number;
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  discriminator?: { propertyName: string; mapping: Record<string, string> };
}

const operationsOf = ({ paths = {}, webhooks = {} }: Json): Operation[] =>
  [...Object.values(paths as Json), ...Object.values(webhooks as Json)].flatMap(
    (item) => Object.values(item as Json) as Operation[],
  );

/** All schemas that a client fills in to send, and those inside of them. */
function* schemasOfRequests(document: Json, seen = new Set<Schema>()): Generator<Schema> {
  function* inside(given: Schema): Generator<Schema> {
    const schema = given.$ref ? (target(document, given.$ref) as Schema) : given;
    if (seen.has(schema)) return;
    seen.add(schema);
    yield schema;
    const { properties = {}, items, anyOf = [], oneOf = [] } = schema;
    for (const inner of [...Object.values(properties), ...(items ? [items] : []), ...anyOf, ...oneOf])
      yield* inside(inner);
  }
  for (const { parameters = [], requestBody } of operationsOf({ paths: document.paths })) {
    for (const { schema } of parameters) if (schema) yield* inside(schema);
    for (const { schema } of Object.values(requestBody?.content ?? {})) yield* inside(schema);
  }
}

const hasNull = ({ type }: Schema) => type === 'null';

describe.each([
  ['openapi.json', openApi],
  ['openapi-client.json', clientOpenApi],
] as const)('%s, for generators of clients', (_, document) => {
  const operations = operationsOf(document);
  const schemas = (document.components as { schemas: Record<string, Schema> }).schemas;

  it('is valid OpenAPI', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(document));
    expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
  });

  it('has one type for each field of a request', () => {
    const several = [...schemasOfRequests(document)].filter(({ type, anyOf = [] }) => {
      const types = [type].flat().filter((one) => one !== undefined && one !== 'null');
      return types.length > 1 || anyOf.filter((branch) => !hasNull(branch)).length > 1;
    });
    const named = Object.keys(schemas).filter((name) => several.includes(schemas[name] as Schema));
    // A value that somebody filled in may be of any type, and forms and surveys are submitted in two shapes.
    expect(['Scalar', 'SubmittedValues']).toEqual(expect.arrayContaining(named));
    expect(several).toHaveLength(named.length);
  });

  it('has one type of body for each operation', () => {
    const bodies = operations.flatMap(({ requestBody }) =>
      requestBody ? [Object.keys(requestBody.content)] : [],
    );
    expect(bodies.length).toBeGreaterThan(5);
    expect(bodies.filter((types) => types.length !== 1)).toEqual([]);
  });

  it('names every object of known keys and every union', () => {
    const named = new Set<unknown>(Object.values(schemas));
    const places = [document.paths, document.webhooks, document.components];
    const anonymous = [...objectsIn(places)].filter((schema) => {
      const { type, properties, anyOf = [], oneOf = [] } = schema as Schema;
      const isObject = type === 'object' && Object.keys(properties ?? {}).length > 0;
      const isUnion = [...anyOf, ...oneOf].filter((branch) => !hasNull(branch)).length > 1;
      return (isObject || isUnion) && !named.has(schema);
    });
    expect(anonymous).toEqual([]);
  });

  it('tells the branches of a union apart by a key that is in all of them', () => {
    const unions = Object.values(schemas).filter(({ oneOf }) => oneOf);
    expect(unions.length).toBeGreaterThan(1);
    for (const { oneOf = [], discriminator } of unions) {
      const { propertyName = '', mapping = {} } = discriminator ?? {};
      const words = oneOf.flatMap(({ $ref = '' }) => {
        const { enum: list, const: word } =
          (target(document, $ref) as Schema).properties?.[propertyName] ?? {};
        return ((list ?? [word]) as string[]).map((one) => [one, $ref]);
      });
      expect(mapping).toEqual(Object.fromEntries(words));
    }
  });

  it('says of a whole number that it may need more than 32 bits', () => {
    const numbers = [...objectsIn([document.paths, schemas])]
      .map((schema) => schema as Schema)
      .filter(({ type }) => [type].flat().includes('integer'));
    expect(numbers.length).toBeGreaterThan(10);
    const short = numbers.filter(
      ({ maximum, format }) => (maximum ?? 2 ** 31) >= 2 ** 31 && format !== 'int64',
    );
    expect(short).toEqual([]);
  });

  it('states the security of every operation, also where there is none', () => {
    expect(operations.filter(({ security }) => security === undefined)).toEqual([]);
  });

  it('calls operations like functions, and describes their groups', () => {
    const ids = operations.map(({ operationId }) => operationId);
    expect(ids.filter((id) => !/^[a-z]+([A-Z][a-z0-9]+)+$/.test(id))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
    const used = [...new Set(operations.flatMap((operation) => operation.tags))].sort();
    const described = document.tags as { name: keyof typeof tags; description: string }[];
    expect(described.map(({ name }) => name).sort()).toEqual(used);
    expect(described.filter(({ name, description }) => description !== tags[name])).toEqual([]);
  });
});

describe('openapi-client.json', () => {
  it('has the endpoints of the Client API and nothing else', () => {
    const ids = operationsOf(clientOpenApi).map(({ operationId }) => operationId);
    expect(ids.sort()).toEqual([...Object.keys(clientApi), 'postMessageWithFiles'].sort());
    expect(JSON.stringify(clientOpenApi)).not.toContain('AgentUnauthorized');
  });

  it('has no word that OpenAPI 3.0 does not know', () => {
    expect(clientOpenApi.openapi).toMatch(/^3\.0\./);
    const schemas = [...objectsIn(clientOpenApi.components), ...objectsIn(clientOpenApi.paths)];
    const newer = schemas.filter(
      (schema) =>
        Array.isArray(schema.type) || schema.type === 'null' || 'const' in schema || 'examples' in schema,
    );
    expect(newer).toEqual([]);
  });
});

describe('openapi.json', () => {
  it('has every endpoint, updates twice', () => {
    const operations = [...objectsIn(openApi.paths)].map(({ operationId }) => operationId).filter(Boolean);
    const tables = Object.entries({ ...clientApi, ...agentApi });
    const expected = tables.flatMap(([id, { method }]) => (method === 'PATCH' ? [id, `${id}ByPut`] : [id]));
    expected.push('postMessageWithFiles');
    expect(operations.sort()).toEqual(expected.sort());
  });

  it('shows a form of what customers send with files, of every update that takes one, and of uploads', () => {
    const forms = operationsOf(openApi).filter(
      ({ requestBody }) => requestBody?.content['multipart/form-data'],
    );
    const updates = Object.entries<Endpoint>(agentApi).filter(
      ([, { files, method }]) => files && method === 'PATCH',
    );
    const expected = ['postMessageWithFiles', 'agentUpload', ...updates.map(([id]) => `${id}ByPut`)];
    expect(forms.map(({ operationId }) => operationId).sort()).toEqual(expected.sort());
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
