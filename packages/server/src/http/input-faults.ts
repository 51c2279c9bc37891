/** What the check of an endpoint's schemas found wrong with an input, as one refusal in words that clients show. */
import { Refusal, titleOf } from '../errors.ts';

/** What is read of a schema of the contract. */
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

export interface Fault {
  keyword: string;
  instancePath: string;
  params: Record<string, unknown>;
  message: string;
}

/** The fields that a fault is about. */
export const fieldsOf = (fault: Fault): string[] =>
  isMissing(fault)
    ? (fault.params.requiredProperties as string[])
    : fault.instancePath.split('/').slice(1, 2);

const isMissing = ({ keyword, instancePath }: Fault) => keyword === 'required' && instancePath === '';

/** One refusal for all faults, in the words the reference uses where clients see them. */
export function refusalOf(faults: Fault[], schema: Schema): Refusal {
  const messages = new Map<string, string>();
  for (const fault of faults) {
    if (isMissing(fault))
      for (const name of fieldsOf(fault)) messages.set(name, `${titleOf(name)} can't be blank`);
    const { name, field } = fieldOf(fault.instancePath, schema);
    if (name && !messages.has(name)) messages.set(name, `${titleOf(name)} ${problemOf(fault, name, field)}`);
  }
  return new Refusal('invalid', [...messages.values()].join(', '), { attributes: [...messages.keys()] });
}

/** The innermost field of objects that a path leads to; a list is named as a whole. */
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

function problemOf({ keyword, params, message }: Fault, name: string, schema: Schema | undefined): string {
  if ((keyword === 'minLength' && params.limit === 1) || (keyword === 'pattern' && params.pattern === '\\S'))
    return "can't be blank";
  if (keyword === 'pattern' && name === 'email') return 'Invalid email';
  if (keyword === 'pattern' && name === 'phone_number') return 'should be in e164 format';
  if (keyword === 'maxLength') return `is too long (maximum is ${params.limit} characters)`;
  if (keyword === 'minLength') return `is too short (minimum is ${params.limit} characters)`;
  if (keyword === 'maxItems') return `has too many entries (maximum is ${params.limit})`;
  if (keyword === 'pattern' && schema?.description) return `is invalid (${schema.description})`;
  const words = schema?.enum ?? schema?.anyOf?.flatMap((one) => one.enum ?? [one.const]);
  if (words?.some((word) => typeof word === 'string'))
    return `is invalid (one of ${words.filter((word) => typeof word === 'string').join(', ')})`;
  return keyword === 'type' || keyword === 'const' || keyword === 'anyOf'
    ? `is invalid (${message})`
    : message;
}
