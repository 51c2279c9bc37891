/** Every input of every endpoint has a bound that its schema says. */
import { describe, expect, it } from 'vitest';
import { agentApi, clientApi } from './apis.ts';
import type { Endpoint } from './endpoint.ts';

interface Schema {
  type?: string | string[];
  anyOf?: Schema[];
  enum?: unknown[];
  const?: unknown;
  format?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  maxItems?: number;
  maxProperties?: number;
  propertyNames?: { maxLength?: number };
}

/** Places inside a schema where a caller may send any amount. */
function unbounded(schema: Schema, path: string): string[] {
  if (schema.anyOf) return schema.anyOf.flatMap((branch, index) => unbounded(branch, `${path}|${index}`));
  if (schema.enum || schema.const !== undefined) return [];
  const types = [schema.type].flat();
  return types.flatMap((type) => {
    switch (type) {
      case 'string':
        return schema.maxLength === undefined && schema.format !== 'date-time' ? [path] : [];
      case 'integer':
        // A list of types stands for text that may be a number, which is read as a safe integer or refused.
        return Array.isArray(schema.type) && types.includes('string')
          ? []
          : schema.minimum === undefined || schema.maximum === undefined
            ? [path]
            : [];
      case 'array':
        return [
          ...(schema.maxItems === undefined ? [path] : []),
          ...unbounded(schema.items ?? {}, `${path}[]`),
        ];
      case 'object':
        return schema.properties
          ? Object.entries(schema.properties).flatMap(([name, inner]) => unbounded(inner, `${path}.${name}`))
          : schema.maxProperties === undefined || schema.propertyNames?.maxLength === undefined
            ? [path]
            : [];
      case 'boolean':
      case 'number':
      case 'null':
        return [];
      default:
        return [`${path} (any type)`];
    }
  });
}

describe('input of callers', () => {
  it.each(Object.entries<Endpoint>({ ...clientApi, ...agentApi }))('is bounded by %s', (_name, endpoint) => {
    const parts = { params: endpoint.params, query: endpoint.query, body: endpoint.body };
    const found = Object.entries(parts).flatMap(([part, schema]) =>
      schema ? unbounded(schema as unknown as Schema, part) : [],
    );
    expect(found).toEqual([]);
  });
});
