/** Checks a value against a schema as strictly as JSON Schema can, formats included. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { TSchema } from 'typebox';

// Most schemas check a few values: to optimize their code takes longer than to run it.
const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true, code: { optimize: false } });
addFormats.default(ajv);
ajv.addKeyword('printedAs');

/** What is wrong with the value, one line each; empty when it meets the schema. */
export function faultsOf(schema: TSchema, value: unknown): string[] {
  const check = ajv.compile(schema);
  if (check(value)) return [];
  return (check.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath || '/'} ${message} ${JSON.stringify(params)}`,
  );
}
