/**
 * Converts an OpenAPI 3.1 document to 3.0, as far as this contract uses both. 3.1 takes schemas of JSON Schema 2020-12; 3.0 has a
 * dialect of its own (OpenAPI 3.0.3, section 4.7.24).
 */
import type { Json } from './components.ts';

/** @param document the parts of a 3.1 document, whose schemas stand under `schema` and in `components.schemas` */
export function toOpenApi30(document: Json): Json {
  return { openapi: '3.0.3', ...mapValues(document, convert) };
}

const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const mapValues = (map: Json, change: (value: unknown, key: string) => unknown): Json =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value, key)]));

function convert(value: unknown, key: string): unknown {
  if (key === 'schema') return convertSchema(value);
  if (key === 'schemas') return convertEach(value);
  if (Array.isArray(value)) return value.map((item) => convert(item, ''));
  return isJson(value) ? mapValues(value, convert) : value;
}

const convertEach = (map: unknown): unknown => (isJson(map) ? mapValues(map, convertSchema) : map);

/**
 * In 3.0 a type has `nullable` beside it instead of `null` in its list, there is no `const`, one `example` instead of a list, and no
 * `propertyNames`. A value that is no schema, such as `additionalProperties: true`, stays.
 */
function convertSchema(schema: unknown): unknown {
  if (!isJson(schema)) return schema;
  const { type, const: word, examples, propertyNames: _, ...rest } = schema;
  const object = objectOrNull(schema);
  if (object) return { type: 'object', nullable: true, allOf: [object] };
  return {
    ...(type !== undefined && { type: [type].flat()[0] }),
    ...(Array.isArray(type) && { nullable: true }),
    ...mapValues(rest, convertKeyword),
    ...(word !== undefined && { enum: [word] }),
    ...(Array.isArray(examples) && { example: examples[0] }),
  };
}

/** The reference in "this object or null", the only union with null that the printed schemas have. */
function objectOrNull({ anyOf }: Json): Json | undefined {
  const branches = Array.isArray(anyOf) ? anyOf.filter(isJson) : [];
  return branches.some(({ type }) => type === 'null') ? branches.find(({ $ref }) => $ref) : undefined;
}

function convertKeyword(value: unknown, keyword: string): unknown {
  if (keyword === 'properties') return convertEach(value);
  if (keyword === 'oneOf' || keyword === 'anyOf')
    return Array.isArray(value) ? value.map(convertSchema) : value;
  return keyword === 'items' || keyword === 'additionalProperties' ? convertSchema(value) : value;
}
