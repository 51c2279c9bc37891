/**
 * What custom attributes may hold: the one place that every write of an agent, a bot or a customer asks. Values are kept
 * as they were given; a value that its definition does not describe is refused (application-api.md sections 4.11 and 6.11).
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
  /** As it came; undefined writes nothing. */
  given: FreeForm | undefined;
  /** JSON of what is stored: a value that stays as it is was settled before its definition, and is not checked again. */
  stored?: string;
}

type Definition = Pick<
  CustomAttributeDefinitionRow,
  'attribute_key' | 'attribute_display_type' | 'attribute_values' | 'regex_pattern'
>;

/**
 * Checks every value that changes against the definition of its key; a key without one may hold anything, and null or a
 * blank text clears. Conversations also have limits of their own (client-api.md section 3).
 * @throws invalid 422 on `custom_attributes`, which names the key and what it holds
 */
export async function checkCustomAttributes(
  db: Sql,
  { given, stored, ...of }: AttributeWrite,
): Promise<void> {
  if (!given) return;
  if (of.attribute_model === 'conversation_attribute') checkLimits(given);
  const before = stored === undefined ? {} : readFreeForm(stored);
  const changed = Object.entries(given).filter(
    ([key, value]) =>
      value !== null && value !== '' && JSON.stringify(value) !== JSON.stringify(own(before, key)),
  );
  if (!changed.length) return;
  const definitions = await findDefinitions(
    db,
    of,
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

/** What a definition wants of a value that it does not describe. */
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

/** Clients send numbers as texts and the other way round; filters read both (`filter-columns.ts`). */
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

/** Milliseconds that a pattern may take: some patterns take years for some texts, and a customer chooses the text. */
const patternTimeoutMs = 50;
const test = new Script('pattern.test(text)');
/** Made when the first pattern is matched: most accounts have none. */
let sandbox: Context | undefined;

/** A text that cannot be matched in time does not match. */
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

/** Reads `^a$`, and `/^a$/i` as the reference's desk stores it; undefined for what is no regular expression. */
export function compilePattern(pattern: string): RegExp | undefined {
  const [, source = pattern, flags = ''] = /^\/(.+)\/([dimsuv]*)$/s.exec(pattern) ?? [];
  try {
    return new RegExp(source, flags);
  } catch {
    return undefined;
  }
}
