/** Custom attributes as columns of filters on contacts and conversations (application-api.md sections 6.7 and 6.8). */
import { type AttributeModel, own } from '@hoory/contract';
import type { Sql } from '../db/db.ts';
import { type FilterColumn, jsonFilterColumn } from '../db/filter.ts';

/** How a value of each type is compared; the others are texts. */
const kinds: Record<string, 'number' | 'day' | 'boolean'> = {
  number: 'number',
  currency: 'number',
  percent: 'number',
  date: 'day',
  checkbox: 'boolean',
};

/** The columns of all attributes that the account has defined, by their keys. */
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
