/** Converts the faults that an endpoint's schemas find to one refusal, in words that clients show. */
import type { TLocalizedValidationError as Fault } from 'typebox/error';
import { Refusal, titleOf } from '../errors.ts';

/** The keywords of a contract's schema that reading uses. */
export type Schema = Record<string, unknown> & {
  type?: string | string[];
  format?: string;
  minimum?: number;
  maximum?: number;
  pattern?: string;
  description?: string;
  anyOf?: Schema[];
  const?: unknown;
  enum?: unknown[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: unknown;
};

/** The names of the fields that have the fault. */
export const fieldsOf = (fault: Fault): string[] =>
  fault.keyword === 'required' && fault.instancePath === ''
    ? fault.params.requiredProperties
    : fault.instancePath.split('/').slice(1, 2);

/** One refusal for all faults, in the words the reference uses where clients see them. */
export function refusalOf(faults: Fault[], schema: Schema): Refusal {
  const messages = new Map<string, string>();
  for (const fault of faults) {
    if (fault.keyword === 'required' && fault.instancePath === '')
      for (const name of fieldsOf(fault)) messages.set(name, `${titleOf(name)} can't be blank`);
    const { name, field } = fieldOf(fault.instancePath, schema);
    if (name && !messages.has(name)) messages.set(name, `${titleOf(name)} ${problemOf(fault, name, field)}`);
  }
  return new Refusal('invalid', [...messages.values()].join(', '), { attributes: [...messages.keys()] });
}

/** The innermost field of objects on a path. A list is named as a whole. */
function fieldOf(path: string, schema: Schema): { name: string | undefined; field: Schema | undefined } {
  let name: string | undefined;
  let field: Schema | undefined = schema;
  for (const key of path.split('/').slice(1)) {
    const inner: Schema | undefined = field?.properties?.[key];
    if (name !== undefined && !inner) break;
    name = key;
    field = inner;
  }
  return { name, field };
}

function problemOf(fault: Fault, name: string, schema: Schema | undefined): string {
  const { keyword, message } = fault;
  if (keyword === 'pattern') {
    if (fault.params.pattern === '\\S') return "can't be blank";
    if (name === 'email') return 'Invalid email';
    if (name === 'phone_number') return 'should be in e164 format';
    if (schema?.description) return `is invalid (${schema.description})`;
  }
  if (keyword === 'maxLength') return `is too long (maximum is ${fault.params.limit} characters)`;
  if (keyword === 'minLength')
    return fault.params.limit === 1
      ? "can't be blank"
      : `is too short (minimum is ${fault.params.limit} characters)`;
  if (keyword === 'maxItems') return `has too many entries (maximum is ${fault.params.limit})`;
  const words = schema?.enum ?? schema?.anyOf?.flatMap((branch) => branch.enum ?? [branch.const]);
  if (words?.some((word) => typeof word === 'string'))
    return `is invalid (one of ${words.filter((word) => typeof word === 'string').join(', ')})`;
  return keyword === 'type' || keyword === 'const' || keyword === 'anyOf'
    ? `is invalid (${message})`
    : message;
}
