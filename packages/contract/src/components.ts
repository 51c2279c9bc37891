/** Schemas to the JSON Schema of a printed document: a schema with a title becomes a component and a reference to it. */
import type { TSchema } from 'typebox';

export type Json = Record<string, unknown>;

export interface Components {
  /** The schema as it stands in the document. */
  print(schema: TSchema): Json;
  /** Everything that was referred to, by name. */
  schemas: Record<string, Json>;
}

/** @returns an empty collection of components, which `print` fills */
export function components(): Components {
  const schemas: Record<string, Json> = {};

  const print = (schema: TSchema): Json => {
    const { title, type, ...rest } = schema as Json & { title?: string };
    if (title === undefined) return printKeywords(schema as Json);
    const mayBeNull = Array.isArray(type) && type.includes('null');
    if (!(title in schemas)) {
      schemas[title] = {};
      schemas[title] = printKeywords({
        ...(type !== undefined && { type: mayBeNull ? type[0] : type }),
        ...rest,
      });
    }
    const reference = { $ref: `#/components/schemas/${title}` };
    return mayBeNull ? { anyOf: [reference, { type: 'null' }] } : reference;
  };

  const printEach = (map: object) =>
    Object.fromEntries(Object.entries(map).map(([name, schema]) => [name, print(schema)]));

  const printKeywords = (schema: Json): Json =>
    Object.fromEntries(
      Object.entries(schema).map(([keyword, value]) => {
        if (keyword === 'properties') return [keyword, printEach(value as object)];
        if (keyword === 'anyOf') return [keyword, (value as TSchema[]).map(print)];
        if ((keyword === 'items' || keyword === 'additionalProperties') && typeof value === 'object')
          return [keyword, print(value as TSchema)];
        return [keyword, value];
      }),
    );

  return { print, schemas };
}
