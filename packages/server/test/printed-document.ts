/** The printed OpenAPI document as tests use it: what each operation takes and answers, and values that its schemas allow. */
import { agentApi, clientApi, type Endpoint, sentBody, toOpenApi } from '@hoory/contract';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';

export type Schema = Record<string, unknown> & {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  format?: string;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
};

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required: boolean;
  schema: Schema;
}

export interface Operation {
  id: string;
  method: string;
  path: string;
  parameters: Parameter[];
  /** Of a JSON body. */
  body: Schema | undefined;
  /** Fields that only older clients send, in the body and in the query: the document mentions them in prose, without a type. */
  older: { body: Schema | undefined; query: Record<string, Schema> };
  /** The schema of a JSON answer by status; undefined for an empty body. */
  answers: Map<number, Schema | undefined>;
}

interface PrintedOperation {
  operationId: string;
  parameters?: (Parameter & { $ref?: string })[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { $ref?: string; content?: Record<string, { schema: Schema }> }>;
}

const endpoints: Record<string, Endpoint> = { ...clientApi, ...agentApi };

// As the file holds it: what JSON does not keep is not in it.
const document = JSON.parse(JSON.stringify(toOpenApi())) as {
  paths: Record<string, Record<string, PrintedOperation>>;
};
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema({ $id: 'document', ...document });

/** The place of the document that a reference names. */
function resolve<T>(reference: string): T {
  const keys = reference.slice(2).split('/');
  return keys.reduce<unknown>((place, key) => (place as Record<string, unknown>)[key], document) as T;
}

const checks = new Map<string, ValidateFunction>();

/** The check of a schema of the document, whose references are resolved within it. */
export function checkOf(schema: Schema): ValidateFunction {
  const text = JSON.stringify(schema).replaceAll('"#/', '"document#/');
  const check = checks.get(text) ?? ajv.compile(JSON.parse(text) as object);
  checks.set(text, check);
  return check;
}

export const operations: Operation[] = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, printed]) => ({
    id: printed.operationId,
    method: method.toUpperCase(),
    path,
    parameters: (printed.parameters ?? []).filter(({ $ref }) => $ref === undefined),
    body: printed.requestBody?.content['application/json']?.schema,
    older: olderOf(printed),
    answers: answersOf(printed),
  })),
);

function olderOf({ operationId }: PrintedOperation): Operation['older'] {
  const { body, query } = endpoints[operationId.replace(/(ByPut|WithFiles)$/, '')] as Endpoint;
  return {
    // `null` is an empty body.
    body: body && { anyOf: [JSON.parse(JSON.stringify(sentBody(body))) as Schema, { type: 'null' }] },
    query: JSON.parse(JSON.stringify(query?.properties ?? {})) as Record<string, Schema>,
  };
}

function answersOf({ responses }: PrintedOperation): Operation['answers'] {
  return new Map(
    Object.entries(responses).map(([status, given]) => {
      const response = given.$ref === undefined ? given : resolve<typeof given>(given.$ref);
      const schema = response.content?.['application/json']?.schema;
      return [Number(status), schema];
    }),
  );
}

export const resolved = (schema: Schema): Schema =>
  schema.$ref === undefined ? schema : resolved(resolve<Schema>(schema.$ref));

/** Values that the schema allows. */
export function valuesOf(given: Schema): fc.Arbitrary<unknown> {
  const schema = resolved(given);
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches) return fc.oneof(...branches.map(valuesOf));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const types = [schema.type ?? 'object'].flat();
  return fc.oneof(...types.map((type) => valuesOfType(type, schema)));
}

function valuesOfType(type: string, schema: Schema): fc.Arbitrary<unknown> {
  const { minimum = -1000, maximum = 1_000_000, items = {}, minItems = 0, maxItems = 3 } = schema;
  switch (type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
      // Small ones name what there is.
      return fc.oneof(
        fc.integer({ min: minimum, max: Math.min(maximum, minimum + 4) }),
        integers(minimum, maximum),
      );
    case 'number':
      return integers(minimum, maximum);
    case 'array':
      return fc.array(valuesOf(items), {
        minLength: minItems,
        maxLength: Math.max(minItems, Math.min(maxItems, 3)),
      });
    case 'string':
      return textsOf(schema);
    default:
      return objectsOf(schema);
  }
}

const integers = (min: number, max: number) =>
  fc.integer({ min, max: Math.max(min, Math.min(max, 2 ** 53 - 1)) });

function textsOf({ minLength = 0, maxLength = 40, pattern, format }: Schema): fc.Arbitrary<string> {
  if (format === 'date-time')
    return fc
      .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString());
  const most = Math.min(maxLength, Math.max(minLength, 40));
  if (pattern === undefined)
    return fc
      .string({ unit: 'grapheme', minLength, maxLength: most })
      .filter((text) => [...text].length <= maxLength);
  const shape = new RegExp(pattern, 'u');
  const samples = textSamples.filter(
    (text) => shape.test(text) && text.length >= minLength && text.length <= maxLength,
  );
  if (!samples.length) throw new Error(`No sample text matches ${pattern}`);
  return fc.constantFrom(...samples);
}

/** Texts for every pattern of the document. */
const textSamples = [
  'name',
  'Ünï 漢字',
  'two words',
  'de',
  'ana@shop.test',
  'nina@shop.test',
  '+4912345678',
  'https://hooks.shop.test/a?b=c',
  'webhook:1',
  'inbox:1',
  '1',
  '2',
  ' ',
  '',
];

function objectsOf({ properties, required = [] }: Schema): fc.Arbitrary<unknown> {
  if (!properties)
    return fc.dictionary(
      fc.string({ unit: 'grapheme-ascii', maxLength: 9 }),
      fc.oneof(fc.string({ unit: 'grapheme-ascii' }), fc.integer(), fc.boolean()),
      { maxKeys: 3 },
    );
  const values = Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, valuesOf(one)]));
  return fc.record(values, { requiredKeys: required.filter((name) => name in values) });
}
