/** An OpenAPI 3.1 document in the terms of 3.0, as far as this contract uses them. */
import type { Json } from './components.ts';

/** @returns the parts of a document, whose schemas are those of JSON Schema 2020-12, as an OpenAPI 3.0 document */
export function toOpenApi30(document: Json): Json {
  return { openapi: '3.0.3', ...(convert(document) as Json) };
}

/** Schemas stand under `schema` and in `components.schemas`. */
function convert(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(convert);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (key === 'schema') return [key, convertSchema(inner as Json)];
      if (key === 'schemas') return [key, convertEach(inner as Json)];
      return [key, convert(inner)];
    }),
  );
}

const convertEach = (map: Json): Json =>
  Object.fromEntries(Object.entries(map).map(([name, schema]) => [name, convertSchema(schema as Json)]));

/** 3.0 says "or null" beside the type, has no `const`, one example, and no word for the names of properties. */
function convertSchema(schema: Json): Json {
  const { type, const: word, examples, propertyNames: _, ...rest } = schema;
  const object = objectOrNull(schema);
  if (object) return { type: 'object', nullable: true, allOf: [object] };
  return {
    ...(type !== undefined && { type: [type].flat()[0] }),
    ...(Array.isArray(type) && { nullable: true }),
    ...convertKeywords(rest),
    ...(word !== undefined && { enum: [word] }),
    ...(Array.isArray(examples) && { example: examples[0] }),
  };
}

/** The reference in "this object or null", the only union with null that the printed schemas have. */
function objectOrNull({ anyOf }: Json): Json | undefined {
  const branches = (anyOf ?? []) as Json[];
  return branches.some(({ type }) => type === 'null') ? branches.find(({ $ref }) => $ref) : undefined;
}

function convertKeywords(schema: Json): Json {
  return Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => {
      if (keyword === 'properties') return [keyword, convertEach(value as Json)];
      if (keyword === 'oneOf' || keyword === 'anyOf') return [keyword, (value as Json[]).map(convertSchema)];
      if ((keyword === 'items' || keyword === 'additionalProperties') && typeof value === 'object')
        return [keyword, convertSchema(value as Json)];
      return [keyword, value];
    }),
  );
}
