/**
 * The body of a request: what the server reads there beyond the endpoint's schema. What only older clients send is taken, and
 * not printed as a type (`printedAs`), so that clients made from the documents have one type for a field.
 */
import type { TSchema } from 'typebox';
import { longAsText } from './schema.ts';

type Schema = Record<string, unknown> & {
  title?: string;
  type?: string | string[];
  format?: string;
  minimum?: number;
  maximum?: number;
  enum?: unknown[];
  anyOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  printedAs?: Schema;
};

/**
 * The schema of everything that is taken for `schema` in a JSON body: an optional field may be null, which is absence; an id may
 * be digits in text, as may unix seconds; fields that the endpoint does not know are ignored. Clients in use rely on the three
 * (application-api.md section 8, client-api.md section 5.2).
 */
export const sentBody = (schema: TSchema): TSchema => widened(schema as Schema) as unknown as TSchema;

function widened({ additionalProperties, printedAs, ...schema }: Schema): Schema {
  const { properties, required = [], items, anyOf, format } = schema;
  if (printedAs) return { ...widened(schema), printedAs: widened(printedAs) };
  if (anyOf) return { ...schema, anyOf: anyOf.map(widened) };
  if (items) return { ...schema, items: widened(items) };
  if (format === 'int64') return { ...numberOrText(schema), printedAs: schema };
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

function orNull({ printedAs, ...schema }: Schema): Schema {
  if (printedAs) return { ...orNull(schema), printedAs: orNull(printedAs) };
  if (admitsNull(schema)) return apart(schema);
  if (schema.anyOf) return { anyOf: [schema, { type: 'null' }] };
  const types = [schema.type ?? []].flat();
  if (!types.length) return schema;
  return apart({ ...schema, type: [...types, 'null'], ...(schema.enum && { enum: [...schema.enum, null] }) });
}

/** Generators of values heed a format only where null stands apart from it. */
function apart(schema: Schema): Schema {
  return schema.type !== undefined && schema.format !== undefined
    ? { anyOf: [withoutNull(schema), { type: 'null' }] }
    : schema;
}

const admitsNull = ({ type, anyOf }: Schema): boolean =>
  (Array.isArray(type) && type.includes('null')) || (anyOf ?? []).some((branch) => branch.type === 'null');

/** The schema of the same body as a form, whose fields are text: there is no null. An object in it has a name of its own. */
export const sentForm = (schema: TSchema): TSchema => withoutNull(schema as Schema) as unknown as TSchema;

function withoutNull({
  title,
  type,
  enum: words,
  anyOf,
  items,
  properties,
  printedAs,
  ...rest
}: Schema): Schema {
  const types = [type ?? []].flat().filter((one) => one !== 'null');
  return {
    ...rest,
    ...(title !== undefined && { title: title.replace(/Input$/, 'Form') }),
    ...(type !== undefined && { type: types.length === 1 ? (types[0] as string) : types }),
    ...(words && { enum: words.filter((word) => word !== null) }),
    ...(anyOf && { anyOf: anyOf.filter((branch) => branch.type !== 'null').map(withoutNull) }),
    ...(items && { items: withoutNull(items) }),
    ...(printedAs && { printedAs: withoutNull(printedAs) }),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, one]) => [name, withoutNull(one)]),
      ),
    }),
  };
}
