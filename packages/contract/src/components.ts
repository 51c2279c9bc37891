/**
 * Prints schemas as the JSON Schema of a document. A schema with a title becomes a component and a reference to it. An object or
 * union without a title becomes one as well, named after its place, because generators of clients would invent a name for its
 * type otherwise.
 */
import type { TSchema } from 'typebox';
import { type JsonSchema, printedSchemaOf } from './schema.ts';

export type Json = Record<string, unknown>;

/** The components of one document. */
export class Components {
  /** Everything that was referred to, by name. */
  readonly schemas: Record<string, Json> = {};
  readonly #sources: Record<string, string> = {};
  readonly #withDiscriminators: boolean;

  /** @param withDiscriminators whether unions name the key that tells their branches apart, as OpenAPI does; AsyncAPI has no such object */
  constructor({ withDiscriminators }: { withDiscriminators: boolean }) {
    this.#withDiscriminators = withDiscriminators;
  }

  /** The schema as it stands in the document; `place` is the name of an object or a union that has none of its own. */
  print(given: TSchema, place?: string): Json {
    const schema = oneTypeEach(printedSchemaOf(given));
    if (mayBeNull(schema)) return this.#printNullable(schema, place);
    const name = schema.title ?? (isNameable(schema) ? place : undefined);
    if (name === undefined) return this.#printKeywords(schema, place);
    const { title: _, ...rest } = schema;
    this.#add(name, rest);
    return { $ref: `#/components/schemas/${name}` };
  }

  /** @throws for another schema of the same name: one of them would be lost */
  #add(name: string, schema: JsonSchema): void {
    const source = JSON.stringify(schema);
    if (this.#sources[name] === source) return;
    if (this.#sources[name] !== undefined) throw new Error(`Two schemas are called ${name}`);
    this.#sources[name] = source;
    this.schemas[name] = this.#printKeywords(schema, name);
  }

  #printNullable(schema: JsonSchema, place: string | undefined): Json {
    const rest = withoutNull(schema);
    if (rest.title === undefined && !isNameable(rest) && rest.anyOf === undefined)
      return this.#printKeywords(schema, place);
    return { anyOf: [this.print(rest, place), { type: 'null' }] };
  }

  #printKeywords(schema: JsonSchema, place: string | undefined): Json {
    return Object.assign(
      {},
      ...Object.entries(schema).map(
        ([keyword, value]) => this.#printSubschemas(keyword, schema, place) ?? { [keyword]: value },
      ),
      isLong(schema) && { format: 'int64' },
    );
  }

  /** Undefined for a keyword that holds no schemas. */
  #printSubschemas(
    keyword: string,
    { properties, anyOf, items, contentSchema, additionalProperties }: JsonSchema,
    place: string | undefined,
  ): Json | undefined {
    if (keyword === 'properties' && properties) return { properties: this.#printEach(properties, place) };
    if (keyword === 'anyOf' && anyOf) return this.#printUnion(anyOf, place);
    if (keyword === 'items' && items) return { items: this.print(items, place) };
    if (keyword === 'contentSchema' && contentSchema)
      return { contentSchema: this.print(contentSchema, place) };
    if (keyword === 'additionalProperties' && typeof additionalProperties === 'object')
      return { additionalProperties: this.print(additionalProperties, place && `${place}Value`) };
    return undefined;
  }

  #printEach(map: Record<string, JsonSchema>, place: string | undefined): Json {
    return Object.fromEntries(
      Object.entries(map).map(([key, schema]) => [
        key,
        this.print(schema, place && `${place}${pascal(key)}`),
      ]),
    );
  }

  #printUnion(branches: JsonSchema[], place: string | undefined): Json {
    const printed = branches.map((branch) => this.print(branch, place));
    const key = tellingKey(branches);
    if (key === undefined) return { anyOf: printed };
    if (!this.#withDiscriminators) return { oneOf: printed };
    const mapping = branches.flatMap((branch, index) =>
      wordsOf(branch, key).map((word) => [word, printed[index]?.$ref]),
    );
    return { oneOf: printed, discriminator: { propertyName: key, mapping: Object.fromEntries(mapping) } };
  }
}

/** `agentPostMessage`, `working_hours` or `message.created` as the name of a type. */
export const pascal = (name: string): string =>
  name.replaceAll(/(?:^|[^A-Za-z0-9]+)([A-Za-z0-9])/g, (_, first: string) => first.toUpperCase());

/** A value of several types as a union of them, which generators of clients read better; null is not counted. */
function oneTypeEach(schema: JsonSchema): JsonSchema {
  const { type, maxLength, ...rest } = schema;
  const types = Array.isArray(type) ? type.filter((one) => one !== 'null') : [];
  if (types.length < 2) return schema;
  return {
    ...rest,
    anyOf: [type]
      .flat()
      .flatMap((one) => one ?? [])
      .map((one) => ({ type: one, ...(one === 'string' && { maxLength }) })),
  };
}

const mayBeNull = ({ type, anyOf }: JsonSchema): boolean =>
  (Array.isArray(type) && type.includes('null')) || (anyOf ?? []).some((branch) => branch.type === 'null');

function withoutNull({ type, anyOf, ...rest }: JsonSchema): JsonSchema {
  if (anyOf) {
    const branches = anyOf.filter((branch) => branch.type !== 'null');
    return branches.length === 1 ? { ...branches[0], ...rest } : { ...rest, anyOf: branches };
  }
  const [first, ...others] = [type].flat().flatMap((one) => (one === undefined || one === 'null' ? [] : one));
  return { type: first !== undefined && others.length ? [first, ...others] : first, ...rest };
}

/** Whether a whole number may need more than 32 bits. Generated clients use 32 bits unless the document has a format. */
const isLong = ({ type, maximum = Number.MAX_SAFE_INTEGER, format }: JsonSchema) =>
  [type].flat().includes('integer') && maximum >= 2 ** 31 && format === undefined;

/** Whether generated clients have a type for it, as for objects of known keys and for unions. */
const isNameable = ({ type, properties, anyOf }: JsonSchema): boolean =>
  anyOf !== undefined || (type === 'object' && Object.keys(properties ?? {}).length > 0);

/** The key that is in all branches of a union, each with words of its own. */
function tellingKey(branches: JsonSchema[]): string | undefined {
  return branches[0]?.required?.find((key) => {
    const words = branches.map((branch) => wordsOf(branch, key));
    return words.every((some) => some.length) && new Set(words.flat()).size === words.flat().length;
  });
}

function wordsOf({ required, properties }: JsonSchema, key: string): string[] {
  const { const: word, enum: words = [] } = properties?.[key] ?? {};
  const all = word === undefined ? words : [word];
  return required?.includes(key) && all.every((one) => typeof one === 'string') ? all : [];
}
