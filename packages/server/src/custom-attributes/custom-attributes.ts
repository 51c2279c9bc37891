/**
 * Verbs on definitions of custom attributes, which an account adds to conversations and contacts (application-api.md section 6.11).
 */
import {
  AttributeDisplayType,
  AttributeModel,
  type CustomAttributeDefinition,
  toWord,
} from '@hoory/contract';
import { lockAccount } from '../accounts/store.ts';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import type { Sql, Tx } from '../db/db.ts';
import { newId } from '../db/new-ids.ts';
import type { CustomAttributeDefinitionRow } from '../db/tables.ts';
import { invalid, notFound } from '../errors.ts';
import { readWords } from '../stored-json.ts';
import { toIso } from '../time.ts';
import { compilePattern } from './check.ts';

/** Types and models are words of the wire or, from older clients, their numbers. */
interface DefinitionInput {
  attribute_display_name?: string;
  attribute_display_type?: AttributeDisplayType | number;
  attribute_description?: string | null;
  attribute_key?: string;
  attribute_model?: AttributeModel | number;
  attribute_values?: string[];
  regex_pattern?: string | null;
  regex_cue?: string | null;
}

/** Names of fields that every conversation or contact has; a definition may not have them as key. */
const builtIn: Record<AttributeModel, readonly string[]> = {
  conversation_attribute:
    'status priority assignee_id inbox_id team_id display_id campaign_id labels browser_language country_code referer created_at last_activity_at'.split(
      ' ',
    ),
  contact_attribute:
    'name email phone_number identifier country_code city created_at last_activity_at referer blocked'.split(
      ' ',
    ),
};

/** The account's definitions, oldest first; with `attribute_model`, those of conversations or of contacts. */
export async function listCustomAttributes(
  app: App,
  { account }: AgentCaller,
  { attribute_model }: { attribute_model?: AttributeModel | number },
): Promise<CustomAttributeDefinition[]> {
  const all = definitionQuery(app.db, account.id).orderBy('id');
  const rows: CustomAttributeDefinitionRow[] = await app.db.all(
    attribute_model === undefined
      ? all
      : all.where('attribute_model', '=', toWord(AttributeModel, attribute_model)),
  );
  return rows.map(toDefinition);
}

/** @throws not_found */
export async function showCustomAttribute(
  app: App,
  { account }: AgentCaller,
  { id }: { id: number },
): Promise<CustomAttributeDefinition> {
  return toDefinition(await getDefinition(app.db, account.id, id));
}

/**
 * @throws invalid 422 on `attribute_key` for a built-in name or a key in use, on `regex_pattern` for an invalid regular expression
 */
export async function createCustomAttribute(
  app: App,
  { account }: AgentCaller,
  input: DefinitionInput,
): Promise<CustomAttributeDefinition> {
  const now = app.now();
  const blank = {
    account_id: account.id,
    attribute_model: 'conversation_attribute' as const,
    attribute_key: '',
    attribute_display_name: '',
    attribute_display_type: 'text' as const,
    attribute_description: null,
    attribute_values: '[]',
    regex_pattern: null,
    regex_cue: null,
    default_value: null,
    created_at: now,
    updated_at: now,
  };
  return app.db.write(async (tx) => {
    await lockAccount(tx, account.id);
    const id = await newId(tx, 'custom_attribute_definitions');
    const row = await checkDefinition(tx, { ...blank, id, ...columnsOf(input) });
    await tx.insertMany('custom_attribute_definitions', [row]);
    return toDefinition(row);
  });
}

/** Changes the fields that the input names; stored values are not checked again. @throws not_found, invalid as for create */
export async function updateCustomAttribute(
  app: App,
  { account }: AgentCaller,
  { id, ...input }: DefinitionInput & { id: number },
): Promise<CustomAttributeDefinition> {
  return app.db.write(async (tx) => {
    await lockAccount(tx, account.id);
    const stored = await getDefinition(tx, account.id, id);
    const columns = { ...columnsOf(input), updated_at: app.now() };
    const row = await checkDefinition(tx, { ...stored, ...columns });
    await tx.run(tx.q.updateTable('custom_attribute_definitions').set(columns).where('id', '=', id));
    return toDefinition(row);
  });
}

/** Deletes the definition; values with its key stay. @throws not_found */
export async function deleteCustomAttribute(
  app: App,
  { account }: AgentCaller,
  { id }: { id: number },
): Promise<undefined> {
  const deleted = await app.db.run(
    app.db.q
      .deleteFrom('custom_attribute_definitions')
      .where('account_id', '=', account.id)
      .where('id', '=', id),
  );
  if (!deleted) throw notFound();
}

const definitionQuery = (db: Sql, account_id: number) =>
  db.q.selectFrom('custom_attribute_definitions').selectAll().where('account_id', '=', account_id);

async function getDefinition(db: Sql, account_id: number, id: number): Promise<CustomAttributeDefinitionRow> {
  const row: CustomAttributeDefinitionRow | undefined = await db.get(
    definitionQuery(db, account_id).where('id', '=', id),
  );
  if (!row) throw notFound();
  return row;
}

function columnsOf(input: DefinitionInput): Partial<CustomAttributeDefinitionRow> {
  const { attribute_display_type: type, attribute_model: model, attribute_values: values } = input;
  return {
    ...(input.attribute_display_name !== undefined && {
      attribute_display_name: input.attribute_display_name.trim(),
    }),
    ...(input.attribute_key !== undefined && { attribute_key: input.attribute_key }),
    ...(type !== undefined && { attribute_display_type: toWord(AttributeDisplayType, type) }),
    ...(model !== undefined && { attribute_model: toWord(AttributeModel, model) }),
    ...(values && { attribute_values: JSON.stringify(values) }),
    ...(input.attribute_description !== undefined && { attribute_description: input.attribute_description }),
    ...(input.regex_pattern !== undefined && { regex_pattern: input.regex_pattern }),
    ...(input.regex_cue !== undefined && { regex_cue: input.regex_cue }),
  };
}

/** Returns the row. The account is locked, so no concurrent request can take the key before the write. @throws invalid */
async function checkDefinition(
  tx: Tx,
  row: CustomAttributeDefinitionRow,
): Promise<CustomAttributeDefinitionRow> {
  if (row.regex_pattern && !compilePattern(row.regex_pattern))
    throw invalid('regex_pattern', 'Regex pattern is not a regular expression');
  if (builtIn[row.attribute_model].includes(row.attribute_key))
    throw invalid('attribute_key', 'Attribute key is the name of a built-in attribute');
  const owner = await tx.get(
    definitionQuery(tx, row.account_id)
      .where('attribute_model', '=', row.attribute_model)
      .where('attribute_key', '=', row.attribute_key),
  );
  if (owner && owner.id !== row.id) throw invalid('attribute_key', 'Attribute key has already been taken');
  return row;
}

function toDefinition(row: CustomAttributeDefinitionRow): CustomAttributeDefinition {
  return {
    id: row.id,
    attribute_display_name: row.attribute_display_name,
    attribute_display_type: row.attribute_display_type,
    attribute_description: row.attribute_description,
    attribute_key: row.attribute_key,
    regex_pattern: row.regex_pattern,
    regex_cue: row.regex_cue,
    attribute_values: readWords(row.attribute_values),
    attribute_model: row.attribute_model,
    default_value: row.default_value === null ? null : Number(row.default_value),
    created_at: toIso(row.created_at),
    updated_at: toIso(row.updated_at),
  };
}
