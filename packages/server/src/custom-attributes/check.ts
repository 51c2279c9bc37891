/**
 * Validation of custom attributes, for every write of an agent, a bot or a customer. Values are stored as sent; a value that does
 * not fit the definition of its key is refused (application-api.md sections 4.11 and 6.11).
 */
import { type Context, createContext, Script } from 'node:vm';
import { type AttributeDisplayType, type AttributeModel, own } from '@hoory/contract';
import type { Sql } from '../db/db.ts';
import { isAnyTextOf } from '../db/dialect.ts';
import type { CustomAttributeDefinitionRow } from '../db/tables.ts';
import { invalid } from '../errors.ts';
import { type FreeForm, readFreeForm } from '../free-form.ts';
import { isWebAddress } from '../outgoing/web-address.ts';
import { readWords } from '../stored-json.ts';
import { findText } from '../text.ts';
import { readIso } from '../time.ts';

export interface AttributeWrite {
  account_id: number;
  attribute_model: AttributeModel;
  /** As sent; undefined when the request does not set attributes. */
  given: FreeForm | undefined;
  /** The stored JSON. Values that do not change are not checked: they may be older than their definition. */
  stored?: string;
}

type Definition = Pick<
  CustomAttributeDefinitionRow,
  'attribute_key' | 'attribute_display_type' | 'attribute_values' | 'regex_pattern'
>;

/**
 * Checks each value that changes against the definition of its key. A key without definition may have any value, and null or a
 * blank text is always allowed. Values of conversations have additional limits (client-api.md section 3).
 * @throws invalid 422 on `custom_attributes`, with the key and the type that its definition requires
 */
export async function checkCustomAttributes(
  db: Sql,
  { given, stored, account_id, attribute_model }: AttributeWrite,
): Promise<void> {
  if (!given) return;
  if (attribute_model === 'conversation_attribute') checkLimits(given);
  const before = stored === undefined ? {} : readFreeForm(stored);
  const changed = Object.entries(given).filter(
    ([key, value]) =>
      value !== null && value !== '' && JSON.stringify(value) !== JSON.stringify(own(before, key)),
  );
  if (!changed.length) return;
  const definitions = await findDefinitions(
    db,
    { account_id, attribute_model },
    changed.map(([key]) => key),
  );
  const values = new Map(changed);
  for (const definition of definitions) {
    const problem = problemWith(definition, values.get(definition.attribute_key));
    if (problem) throw refuseAttribute(definition.attribute_key, problem);
  }
}

const refuseAttribute = (key: string, problem: string) =>
  invalid('custom_attributes', `Custom attributes ${key} ${problem}`);

function checkLimits(given: FreeForm): void {
  for (const [key, value] of Object.entries(given)) {
    if (typeof value === 'string' && value.length > 1500) throw refuseAttribute(key, 'is too long');
    if (typeof value === 'number' && Number.isInteger(value) && value > 9_999_999_999)
      throw refuseAttribute(key, 'is too large');
  }
}

const findDefinitions = (
  db: Sql,
  { account_id, attribute_model }: Pick<AttributeWrite, 'account_id' | 'attribute_model'>,
  keys: string[],
): Promise<Definition[]> =>
  db.all(
    db.q
      .selectFrom('custom_attribute_definitions')
      .select(['attribute_key', 'attribute_display_type', 'attribute_values', 'regex_pattern'])
      .where('account_id', '=', account_id)
      .where('attribute_model', '=', attribute_model)
      .where(isAnyTextOf(db, 'attribute_key', keys))
      .orderBy('id'),
  );

/** Why the value does not fit its definition, to follow the key in a sentence; undefined when it fits. */
function problemWith(definition: Definition, value: unknown): string | undefined {
  const type = definition.attribute_display_type;
  if (type === 'list') {
    const options = readWords(definition.attribute_values);
    const text = findText(value);
    return text !== undefined && (!options.length || options.includes(text))
      ? undefined
      : 'must be one of the values of its list';
  }
  if (!isValidAs[type](value)) return `must be ${expectedValues[type]}`;
  return type === 'text' &&
    definition.regex_pattern &&
    !matches(definition.regex_pattern, findText(value) ?? '')
    ? 'does not match its pattern'
    : undefined;
}

const isNumber = (value: unknown) =>
  typeof value === 'number' || (typeof value === 'string' && /^[+-]?\d+(\.\d+)?$/.test(value));

/** Clients send numbers as text and text as numbers: both are valid, and filters read both (`filter-columns.ts`). */
const isValidAs: Record<Exclude<AttributeDisplayType, 'list'>, (value: unknown) => boolean> = {
  text: (value) => findText(value) !== undefined,
  number: isNumber,
  currency: isNumber,
  percent: isNumber,
  link: (value) => typeof value === 'string' && isWebAddress(value),
  date: (value) => typeof value === 'string' && readIso(value) !== undefined,
  checkbox: (value) => ['true', 'false', '1', '0'].includes(findText(value) ?? ''),
};

const expectedValues: Record<Exclude<AttributeDisplayType, 'list'>, string> = {
  text: 'a text',
  number: 'a number',
  currency: 'a number',
  percent: 'a number',
  link: 'an http or https address',
  date: 'a date such as 2026-03-31',
  checkbox: 'true or false',
};

/** A pattern of an agent runs on texts of customers, who could make it backtrack for years: it runs with a time-out. */
const patternTimeoutMs = 50;
const test = new Script('pattern.test(text)');
/** Created for the first match, because most accounts have no patterns. */
let sandbox: Context | undefined;

/** Whether the text matches; false after the time-out, true for a stored pattern that is no regular expression. */
function matches(pattern: string, text: string): boolean {
  const compiled = compilePattern(pattern);
  if (!compiled) return true;
  try {
    sandbox ??= createContext();
    Object.assign(sandbox, { pattern: compiled, text });
    return test.runInContext(sandbox, { timeout: patternTimeoutMs }) === true;
  } catch {
    return false;
  }
}

/** Compiles `^a$`, or `/^a$/i`, as Chatwoot's dashboard stores it; undefined for an invalid regular expression. */
export function compilePattern(pattern: string): RegExp | undefined {
  const [, source = pattern, flags = ''] = /^\/(.+)\/([dimsuv]*)$/s.exec(pattern) ?? [];
  try {
    return new RegExp(source, flags);
  } catch {
    return undefined;
  }
}
