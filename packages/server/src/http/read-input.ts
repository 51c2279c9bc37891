/**
 * Reads input in one explicit step: fields of path, query, form or JSON become the input that the endpoint's schemas
 * describe. Text of paths, queries and forms is read as the type that its field has (client-api.md section 1,
 * application-api.md section 8). JSON has types of its own, so a value of another type is refused; what is read there beyond
 * the schemas is what `sentBody` of the contract prints.
 */
import { cut, type Endpoint, longAsText, MAX_BODY_LEVELS, own } from '@hoory/contract';
import { Compile } from 'typebox/compile';
import { invalid, notFound, titleOf } from '../errors.ts';
import { problemOf as freeFormProblem, PROTOTYPE } from '../free-form.ts';
import { isObject } from '../json-text.ts';
import { requireShallow, tooDeep } from './depth.ts';
import { fieldsOf, refusalOf, type Schema } from './input-faults.ts';
import { exactNumber, NumberText, parseJson } from './number-text.ts';

export type Fields = Record<string, unknown>;

type Parts = Pick<Endpoint, 'params' | 'query' | 'body' | 'files'>;

/** @param typed the JSON body, if there is one: a value that is the same in it and in the fields has the type of JSON */
type Reader = (fields: Fields, typed?: Fields) => Fields;

/**
 * A function from fields to checked input by an endpoint's schemas. They are compiled at its first use: a start compiles none
 * of the many that nobody calls.
 */
export function inputReader(endpoint: Parts): Reader {
  let read: Reader | undefined;
  return (fields, typed) => {
    read ??= compileReader(endpoint);
    return read(fields, typed);
  };
}

function compileReader(endpoint: Parts): Reader {
  const parts = [endpoint.body, endpoint.query, endpoint.params].filter((part) => part !== undefined);
  const properties: Record<string, Schema> = {};
  const required = new Set<string>();
  for (const part of parts) {
    Object.assign(properties, part.properties);
    for (const name of part.required ?? []) required.add(name);
  }
  const schema = { type: 'object', properties, required: [...required] };
  const inPath = new Set(Object.keys(endpoint.params?.properties ?? {}));
  const validator = Compile(schema);
  return (fields, typed) => {
    const input = readFields(properties, { fields, typed, inPath });
    const isValid: boolean = validator.Check(input);
    if (isValid) return input;
    const faults = [...validator.Errors(input)];
    // Text in a path that is blank or not an id names nothing (client-api.md section 1.2).
    if (faults.flatMap(fieldsOf).some((name) => inPath.has(name))) throw notFound();
    throw refusalOf(faults, schema);
  };
}

interface Sources {
  fields: Fields;
  typed: Fields | undefined;
  /** Names of the path's parameters. */
  inPath: ReadonlySet<string>;
}

/** @throws invalid, or not_found for what stands in the path, where a value cannot be kept as it was sent */
function readFields(properties: Record<string, Schema>, { fields, typed, inPath }: Sources): Fields {
  const into: Fields = {};
  for (const name in properties) {
    try {
      const given = own(fields, name);
      const isTyped = typed !== undefined && own(typed, name) === given;
      const value = readField(name, properties[name] ?? {}, isTyped ? take : coerce, given);
      if (value !== undefined) into[name] = value;
    } catch (error) {
      if (!(error instanceof CannotKeep)) throw error;
      throw inPath.has(name) ? notFound() : invalid(name, `${titleOf(name)} ${error.message}`);
    }
  }
  return into;
}

/** Why a value cannot be kept as it was sent. */
class CannotKeep extends Error {}

/** Reads one value by its schema; undefined is absent. An unreadable value is left as it is, for the check to refuse. */
type ValueReader = (schema: Schema, value: unknown) => unknown;

function readProperties(properties: Record<string, Schema>, read: ValueReader, from: Fields): Fields {
  const into: Fields = {};
  for (const name in properties) {
    const value = readField(name, properties[name] ?? {}, read, own(from, name));
    if (value !== undefined) into[name] = value;
  }
  return into;
}

/** A free-form object that exceeds its bounds; the field that holds it gives the refusal its name. */
class OutOfBounds extends Error {}

/** @throws invalid for a free-form object that exceeds the bounds, also inside of other fields */
function readField(name: string, schema: Schema, read: ValueReader, value: unknown): unknown {
  try {
    return read(schema, value);
  } catch (error) {
    throw error instanceof OutOfBounds ? invalid(name, `${titleOf(name)} ${error.message}`) : error;
  }
}

/** Reads a value of JSON: null is absent where the schema does not admit it; ids and times may be digits in text. */
function take(schema: Schema, value: unknown): unknown {
  if (value === undefined) return undefined;
  if (value === null) return admitsNull(schema) ? null : undefined;
  if (typeof value === 'string') return takeText(schema, value);
  if (typeof value !== 'object' || value instanceof NumberText) return clean(value);
  if (Array.isArray(value)) {
    const list = branchFor(schema, 'array');
    // Null in a list is no absence: it stays, for the check to refuse.
    return list ? value.map((item) => (item === null ? null : take(list.items ?? {}, item))) : clean(value);
  }
  const object = isObject(value) && branchFor(schema, 'object');
  return object ? readObject(object, take, value) : clean(value);
}

const admitsNull = ({ type, anyOf }: Schema): boolean =>
  (type === undefined && anyOf === undefined) ||
  type === 'null' ||
  (Array.isArray(type) && type.includes('null')) ||
  (anyOf?.some(admitsNull) ?? false);

const takeText = (schema: Schema, text: string): unknown =>
  schema.format === 'int64' && new RegExp(longAsText(schema)).test(text)
    ? Number(text)
    : readText(schema, text);

/** The schema, or its branch, that describes values of a type; undefined when it describes none. */
function branchFor(schema: Schema, type: string): Schema | undefined {
  if (schema.type === type || (Array.isArray(schema.type) && schema.type.includes(type))) return schema;
  return schema.anyOf?.map((branch) => branchFor(branch, type)).find((branch) => branch !== undefined);
}

/** Reads text, and what stands beside it in a form, as the type that the schema states. */
function coerce(schema: Schema, value: unknown): unknown {
  if (value === undefined) return undefined;
  if (value instanceof NumberText) return coerceNumberText(schema, value);
  if (schema.anyOf) return coerceUnion(schema.anyOf, value);
  if (Array.isArray(schema.type))
    return coerceUnion(
      schema.type.map((type) => branchOf(schema, type)),
      value,
    );
  if (value === null) return schema.type === 'null' || schema.type === undefined ? null : undefined;
  if (schema.const !== undefined || schema.enum) return coerceLiteral(schema, value);
  switch (schema.type) {
    case 'string':
      return typeof value === 'number' || typeof value === 'boolean'
        ? String(value)
        : readText(schema, value);
    case 'integer':
      return coerceInteger(value);
    case 'number':
      return coerceNumber(value);
    case 'boolean':
      return coerceBoolean(value);
    case 'array':
      return coerceArray(schema, value);
    case 'object':
      return coerceObject(schema, value);
    case 'null':
      return undefined;
    default:
      return clean(value);
  }
}

/** Text takes the digits as they were typed; everything else the number, if it can be held. */
function coerceNumberText(schema: Schema, value: NumberText): unknown {
  const types = [schema, ...(schema.anyOf ?? [])].flatMap(({ type }) => type ?? []);
  if (types.includes('string') && !types.includes('number')) return value.text;
  return coerce(schema, keepNumber(value));
}

function keepNumber(value: NumberText): number {
  const number = value.toNumber();
  if (number === undefined)
    throw new CannotKeep(
      `holds the number ${cut(value.text, 40)}, which cannot be kept exactly; send it as text`,
    );
  return number;
}

function coerceUnion(branches: Schema[], value: unknown): unknown {
  if (value === null) return branches.some((branch) => branch.type === 'null') ? null : undefined;
  const others = branches.filter((branch) => branch.type !== 'null');
  // The branch that already has the value's own type comes first: a union of string and number keeps what was sent.
  const exact = others.find((branch) => isOfType(branch, value));
  if (exact) return coerce(exact, value);
  for (const branch of others) {
    const read = coerce(branch, value);
    if (read === undefined || isOfType(branch, read)) return read;
  }
  return clean(value);
}

/** One type of a schema that lists several. */
function branchOf(schema: Schema, type: string): Schema {
  if (type === 'null') return { type };
  const { enum: words, ...rest } = schema;
  return { ...rest, type, ...(words && { enum: words.filter((word) => word !== null) }) };
}

function isOfType(schema: Schema, value: unknown): boolean {
  if (schema.const !== undefined) return schema.const === value;
  if (schema.enum) return schema.enum.includes(value);
  if (schema.type === 'integer') return Number.isInteger(value);
  if (schema.type === 'array') return Array.isArray(value);
  if (schema.type === 'object') return isObject(value);
  return typeof value === schema.type;
}

function coerceLiteral(schema: Schema, value: unknown): unknown {
  if (value === '') return undefined;
  const allowed = schema.enum ?? [schema.const];
  // Objects are not converted to text: `{"toString": 1}` would throw.
  if (typeof value === 'object' || allowed.includes(value)) return clean(value);
  return allowed.find((word) => String(word) === String(value)) ?? clean(value);
}

/** Only blanks are blank where text must have a shape, such as an e-mail address. */
const readText = (schema: Schema, value: unknown) =>
  schema.pattern !== undefined && typeof value === 'string' && value.trim() === '' ? '' : clean(value);

function coerceNumber(value: unknown, shape = /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/): unknown {
  if (typeof value !== 'string') return value;
  if (value.trim() === '') return undefined;
  return shape.test(value.trim()) ? (exactNumber(value) ?? value) : value;
}

/** A number that a database cannot hold as an integer becomes text, which the check refuses. */
function coerceInteger(value: unknown): unknown {
  const number = coerceNumber(value, /^[+-]?\d+(\.\d+)?$/);
  return typeof number === 'number' && !Number.isSafeInteger(number) ? String(number) : number;
}

function coerceBoolean(value: unknown): unknown {
  if (value === '') return undefined;
  if (value === 'true' || value === '1' || value === 1) return true;
  if (value === 'false' || value === '0' || value === 0) return false;
  return value;
}

function coerceArray(schema: Schema, value: unknown): unknown {
  const items = listOf(value);
  if (!items) return value;
  return items
    .map((item) => coerce(schema.items ?? {}, item))
    .filter((item) => item !== undefined && item !== null && item !== '');
}

/** The spellings of a list in the wild: `a,b`, JSON text, `key[0]=`, one value alone. */
function listOf(value: unknown): unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (typeof value === 'string') {
    if (value.trim() === '') return [];
    const parsed = value.trim().startsWith('[') ? findJson(value) : undefined;
    return Array.isArray(parsed) ? parsed : value.split(',').map((item) => item.trim());
  }
  if (typeof value === 'object' && value !== null) {
    const keys = Object.keys(value);
    return keys.length && keys.every((key) => /^\d+$/.test(key)) ? Object.values(value) : [value];
  }
  return [value];
}

function coerceObject(schema: Schema, value: unknown): unknown {
  const object =
    typeof value === 'string' ? (value.trim() === '' ? undefined : (findJson(value) ?? value)) : value;
  if (object instanceof NumberText) return keepNumber(object);
  return isObject(object) ? readObject(schema, coerce, object) : object;
}

function readObject(schema: Schema, read: ValueReader, object: Fields): Fields {
  const known = readProperties(schema.properties ?? {}, read, object);
  if (
    schema.additionalProperties === false ||
    (schema.properties && schema.additionalProperties === undefined)
  )
    return known;
  const problem = freeFormProblem(object);
  if (problem) throw new OutOfBounds(problem);
  const others = Object.entries(object).filter(([name]) => !Object.hasOwn(schema.properties ?? {}, name));
  return { ...cleanObject(Object.fromEntries(others)), ...known };
}

/** Undefined for what is no JSON. @throws bad_request for a text that nests too deep */
function findJson(text: string): unknown {
  requireShallow(text);
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/** @throws CannotKeep for text that no database keeps */
function keepText(text: string): string {
  if (text.includes('\0')) throw new CannotKeep('holds the character NUL, which cannot be kept');
  if (!text.isWellFormed()) throw new CannotKeep('holds half a surrogate pair, which is no character');
  return text;
}

/** @throws CannotKeep for the key that stands for the prototype of objects */
function keepKey(key: string): string {
  if (key === PROTOTYPE) throw new CannotKeep(`has the key ${PROTOTYPE}, which cannot be kept`);
  return keepText(key);
}

/**
 * Values as databases can keep them, at any depth.
 * @throws CannotKeep for a text or a key that nothing keeps
 * @throws bad_request below `levels`, so that the recursion ends whoever has parsed the value
 */
function clean(value: unknown, levels: number = MAX_BODY_LEVELS): unknown {
  if (typeof value === 'string') return keepText(value);
  if (value instanceof NumberText) return keepNumber(value);
  if (typeof value !== 'object' || value === null) return value;
  if (levels === 0) throw tooDeep();
  if (Array.isArray(value)) return value.map((item) => clean(item, levels - 1));
  return cleanObject(value, levels);
}

const cleanObject = (value: object, levels: number = MAX_BODY_LEVELS): Fields =>
  Object.fromEntries(Object.entries(value).map(([key, inner]) => [keepKey(key), clean(inner, levels - 1)]));
