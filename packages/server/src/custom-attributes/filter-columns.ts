/** Custom attributes as columns of filters on contacts and conversations (application-api.md sections 6.7 and 6.8). */
import { type AttributeModel, own } from '@hoory/contract';
import type { Sql } from '../db/db.ts';
import { type FilterColumn, jsonFilterColumn } from '../db/filter.ts';

/** How filters compare values of each display type; values of other types are compared as text. */
const kinds: Record<string, 'number' | 'day' | 'boolean'> = {
  number: 'number',
  currency: 'number',
  percent: 'number',
  date: 'day',
  checkbox: 'boolean',
};

/** A filter column for each attribute that the account has defined, by key. */
export async function customColumns(
  db: Sql,
  account_id: number,
  attribute_model: AttributeModel,
): Promise<Map<string, FilterColumn>> {
  const definitions = await db.all(
    db.q
      .selectFrom('custom_attribute_definitions')
      .select(['attribute_key', 'attribute_display_type'])
      .where('account_id', '=', account_id)
      .where('attribute_model', '=', attribute_model),
  );
  return new Map(
    definitions.map(({ attribute_key: key, attribute_display_type: type }) => [
      key,
      jsonFilterColumn(db, { column: 'custom_attributes', key, kind: own(kinds, type) ?? 'text' }),
    ]),
  );
}
