/**
 * The schemas by which the server reads the body of a request: wider than the endpoint's schema, for the sake of older clients. The
 * documents print the endpoint's own schema (`printedAs`), so that clients made from them have one type for a field.
 */
import type { TSchema } from 'typebox';
import { type JsonSchema, longAsText } from './schema.ts';

/**
 * Widens `schema` for a JSON body: an optional field may be null, which means absent; ids and unix seconds may be text of digits;
 * unknown fields are ignored. Clients in use rely on all three (application-api.md section 8, client-api.md section 5.2).
 */
export const sentBody = (schema: TSchema): TSchema => widened(schema);

function widened({ additionalProperties, printedAs, ...schema }: JsonSchema): JsonSchema {
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

function numberOrText({ format: _, ...schema }: JsonSchema): JsonSchema {
  const types = [schema.type ?? []].flat();
  return {
    ...schema,
    type: [...types.slice(0, 1), 'string', ...types.slice(1)],
    pattern: longAsText(schema),
  };
}

function orNull({ printedAs, ...schema }: JsonSchema): JsonSchema {
  if (printedAs) return { ...orNull(schema), printedAs: orNull(printedAs) };
  if (admitsNull(schema)) return apart(schema);
  if (schema.anyOf) return { anyOf: [schema, { type: 'null' }] };
  const types = [schema.type ?? []].flat();
  if (!types.length) return schema;
  return apart({ ...schema, type: [...types, 'null'], ...(schema.enum && { enum: [...schema.enum, null] }) });
}

/** Separates null from a type with a format: generators of test values ignore the format otherwise. */
function apart(schema: JsonSchema): JsonSchema {
  return schema.type !== undefined && schema.format !== undefined
    ? { anyOf: [withoutNull(schema), { type: 'null' }] }
    : schema;
}

const admitsNull = ({ type, anyOf }: JsonSchema): boolean =>
  (Array.isArray(type) && type.includes('null')) || (anyOf ?? []).some((branch) => branch.type === 'null');

/** The schema of the same body as a form, whose fields are text and never null. Its objects get names that end in `Form`. */
export const sentForm = (schema: TSchema): TSchema => withoutNull(schema);

function withoutNull({
  title,
  type,
  enum: words,
  anyOf,
  items,
  properties,
  printedAs,
  ...rest
}: JsonSchema): JsonSchema {
  const [first, ...others] = [type ?? []].flat().filter((one) => one !== 'null');
  return {
    ...rest,
    ...(title !== undefined && { title: title.replace(/Input$/, 'Form') }),
    ...(type !== undefined && { type: first !== undefined && others.length ? [first, ...others] : first }),
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
