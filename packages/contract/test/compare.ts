/**
 * Compares a published OpenAPI document with our endpoints: what a client made from that document sends must be read,
 * and what it reads must be sent. Keys that we have beyond the document are no difference.
 */
import type { TSchema } from 'typebox';
import type { Endpoint } from '../src/index.ts';
import { faultsOf } from './strict.ts';

export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  nullable?: boolean;
  properties?: Record<string, Schema>;
  additionalProperties?: unknown;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  example?: unknown;
}

interface Parameter {
  $ref?: string;
  name: string;
  in: string;
  schema?: Schema;
}

interface Content {
  content?: Record<string, { schema?: Schema; example?: unknown }>;
}

export interface Operation {
  operationId: string;
  parameters?: Parameter[];
  requestBody?: Content;
  responses: Record<string, Content>;
}

export interface Document {
  paths: Record<string, Record<string, Operation> & { parameters?: Parameter[] }>;
  components: { schemas: Record<string, Schema>; parameters: Record<string, Parameter> };
}

type Direction = 'request' | 'answer';

/** Differences as `METHOD path place: what`; a place inside a named schema of the document starts with that name. */
export function differencesOf(document: Document, published: Operation, ours: Endpoint): string[] {
  const found: string[] = [];
  const compare = comparer(document, found);
  const input = [ours.body, ours.query, ours.params].filter((part) => part !== undefined);

  for (const parameter of parametersOf(document, published)) {
    const read = input.flatMap((part) => part.properties[parameter.name] ?? []) as Schema[];
    if (read.length === 0) found.push(`?${parameter.name}: not read`);
    else compare(parameter.schema ?? {}, read, `?${parameter.name}`, 'request');
  }
  for (const { schema, example } of Object.values(published.requestBody?.content ?? {})) {
    const body = fieldsOf(ours) as Schema;
    if (schema) compare(schema, [body], 'body', 'request');
    if (example !== undefined) found.push(...exampleFaults(body, example, 'body example'));
  }
  for (const [status, { content }] of Object.entries(published.responses)) {
    const schema = Object.values(content ?? {})[0]?.schema;
    const place = 'answer';
    if (!status.startsWith('2')) continue;
    if (Number(status) !== (ours.status ?? 200)) found.push(`${place}: status ${ours.status ?? 200}`);
    if (ours.returns === null && schema) found.push(`${place}: empty`);
    if (ours.returns && schema) compare(schema, [ours.returns as Schema], place, 'answer');
  }
  return [...new Set(found)].map((difference) => `${ours.method} ${ours.path} ${difference}`);
}

/** What a body may hold: the body's fields, and everything else the endpoint reads, since all are one bag. */
function fieldsOf({ body, query, params, files = {}, root }: Endpoint): TSchema {
  const uploads = Object.fromEntries(
    Object.keys(files).flatMap((name) => [
      [name, {}],
      [`${name}[]`, {}],
    ]),
  );
  const flat = { ...params?.properties, ...query?.properties, ...body?.properties, ...uploads };
  const nested = root === undefined ? {} : { [root]: { type: 'object', properties: flat } };
  return { type: 'object', properties: { ...flat, ...nested } } as TSchema;
}

function parametersOf(document: Document, { parameters = [] }: Operation): Parameter[] {
  return parameters
    .map((one) => (one.$ref ? document.components.parameters[nameOf(one.$ref)]! : one))
    .filter((one) => one.in === 'query');
}

const nameOf = (reference: string) => reference.split('/').at(-1)!;

type Compare = (published: Schema, ours: Schema[], place: string, direction: Direction) => void;

function comparer(document: Document, found: string[]): Compare {
  const compare: Compare = (published, ours, place, direction) => {
    if (published.$ref) {
      const name = nameOf(published.$ref);
      return compare(document.components.schemas[name]!, ours, name, direction);
    }
    const alternatives = published.oneOf ?? published.anyOf;
    if (alternatives) return found.push(...fewest(alternatives, ours, place, direction));
    for (const part of published.allOf ?? []) compare(part, ours, place, direction);

    const branches = ours.flatMap(branchesOf);
    compareTypes(published, branches, place, direction);
    compareWords(published, branches, place, direction);
    if (published.example !== undefined && isPlain(published.example))
      found.push(...exampleFaults({ anyOf: ours }, published.example, place));
    compareItems(published, branches, place, direction);
    compareProperties(published, branches, place, direction);
  };

  const compareItems: Compare = (published, branches, place, direction) => {
    const items = branches.flatMap((branch) => branch.items ?? []);
    if (published.items && items.length > 0) compare(published.items, items, `${place}[]`, direction);
  };

  const compareProperties: Compare = (published, branches, place, direction) => {
    const objects = branches.filter((branch) => branch.properties);
    if (objects.length === 0) return;
    for (const [name, property] of Object.entries(published.properties ?? {})) {
      const same = objects.flatMap((branch) => branch.properties?.[name] ?? []);
      const inner = `${place}.${name}`;
      if (same.length === 0) found.push(`${inner}: ${direction === 'answer' ? 'not sent' : 'not read'}`);
      else compare(property, same, inner, direction);
    }
  };

  const compareTypes: Compare = (published, branches, place, direction) => {
    const theirs = typesOf(published);
    const mine = [...new Set(branches.flatMap(typesOf))];
    if (theirs.length === 0 || mine.length === 0) return;
    const [some, all] = direction === 'answer' ? [mine, theirs] : [theirs, mine];
    const odd = some.filter((type) => !all.includes(type) && !isNumber(type, all));
    if (odd.length > 0)
      found.push(`${place}: ${direction === 'answer' ? 'may be' : 'refused as'} ${odd.join(', ')}`);
  };

  const compareWords: Compare = (published, branches, place, direction) => {
    if (!published.enum) return;
    const mine = branches.flatMap(
      ({ enum: words, const: word }) => words ?? (word === undefined ? [] : [word]),
    );
    const isOpen = branches.some(
      (branch) => !branch.enum && branch.const === undefined && typesOf(branch)[0] !== 'null',
    );
    const odd =
      direction === 'answer'
        ? mine.filter((word) => word !== null && !published.enum?.includes(word))
        : published.enum.filter((word) => !isOpen && !mine.includes(word));
    if (direction === 'answer' && isOpen) found.push(`${place}: any word`);
    if (odd.length > 0)
      found.push(`${place}: ${direction === 'answer' ? 'may be' : 'refused as'} ${odd.join(', ')}`);
  };

  /** Of several published alternatives the one that is met best counts. */
  const fewest = (alternatives: Schema[], ours: Schema[], place: string, direction: Direction): string[] => {
    const results = alternatives.map((one) => {
      const inner: string[] = [];
      comparer(document, inner)(one, ours, place, direction);
      return inner;
    });
    return results.sort((a, b) => a.length - b.length)[0] ?? [];
  };

  return compare;
}

/** The documents say number where they mean a whole one, and only whole ones are sent. */
const isNumber = (type: string, all: string[]) =>
  (type === 'integer' && all.includes('number')) || (type === 'number' && all.includes('integer'));

const branchesOf = (schema: Schema): Schema[] => schema.anyOf?.flatMap(branchesOf) ?? [schema];

function typesOf({ type, nullable }: Schema): string[] {
  const types = type === undefined ? [] : [type].flat();
  return nullable ? [...types, 'null'] : types;
}

const isPlain = (value: unknown) => typeof value !== 'object' || value === null;

function exampleFaults(schema: Schema, example: unknown, place: string): string[] {
  return faultsOf(schema as TSchema, example).map(
    (fault) => `${place}: example ${JSON.stringify(example)} ${fault}`,
  );
}
