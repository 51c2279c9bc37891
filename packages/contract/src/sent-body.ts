/** The body of a request as JSON: what the server reads there beyond the endpoint's schema. */
import type { TSchema } from 'typebox';
import { longAsText } from './schema.ts';

type Schema = Record<string, unknown> & {
  type?: string | string[];
  format?: string;
  minimum?: number;
  maximum?: number;
  enum?: unknown[];
  anyOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
};

/**
 * The schema of everything that is taken for `schema` in a JSON body: an optional field may be null, which is absence; an id may
 * be digits in text, as may unix seconds; fields that the endpoint does not know are ignored. Clients in use rely on the three
 * (application-api.md section 8, client-api.md section 5.2).
 */
export const sentBody = (schema: TSchema): TSchema => widened(schema as Schema) as unknown as TSchema;

function widened({ additionalProperties, ...schema }: Schema): Schema {
  const { properties, required = [], items, anyOf, format } = schema;
  if (anyOf) return { ...schema, anyOf: anyOf.map(widened) };
  if (items) return { ...schema, items: widened(items) };
  if (format === 'int64') return numberOrText(schema);
  if (!properties) return additionalProperties === undefined ? schema : { ...schema, additionalProperties };
  const fields = Object.entries(properties).map(([name, one]) => {
    const field = widened(one);
    return [name, required.includes(name) ? field : orNull(field)];
  });
  const rest = additionalProperties === false ? {} : { additionalProperties };
  return {
    ...schema,
    ...(additionalProperties !== undefined && rest),
    properties: Object.fromEntries(fields),
  };
}

function numberOrText({ format: _, ...schema }: Schema): Schema {
  const types = [schema.type ?? []].flat();
  return {
    ...schema,
    type: [...types.slice(0, 1), 'string', ...types.slice(1)],
    pattern: longAsText(schema),
  };
}

function orNull(schema: Schema): Schema {
  if (schema.anyOf?.some(({ type }) => type === 'null')) return schema;
  if (schema.anyOf) return { anyOf: [schema, { type: 'null' }] };
  const types = [schema.type ?? []].flat();
  if (!types.length || types.includes('null')) return schema;
  return { ...schema, type: [...types, 'null'], ...(schema.enum && { enum: [...schema.enum, null] }) };
}
