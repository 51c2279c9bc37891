/** The attributes that a filter of contacts may name (application-api.md section 6.7), with their columns. */
import { type RawBuilder, sql } from 'kysely';
import { clockOfAccount } from '../accounts/time-zone.ts';
import type { App } from '../app.ts';
import { customColumns } from '../custom-attributes/filter-columns.ts';
import { jsonListOf } from '../db/dialect.ts';
import { type Condition, type FilterColumn, filterBy } from '../db/filter.ts';
import { foldedColumn, foldedValue } from '../db/folded-texts.ts';
import type { AccountRow } from '../db/tables.ts';
import { openLabelNormalizer } from '../labels/label-titles.ts';

/**
 * The SQL condition of a filter, over the table `contacts`.
 * @throws unprocessable 422 for an invalid attribute, operator or value
 */
export async function toContactCondition(
  app: App,
  account: AccountRow,
  conditions: readonly Condition[],
): Promise<RawBuilder<boolean>> {
  const custom = await customColumns(app.db, account.id, 'contact_attribute');
  const normalize = await openLabelNormalizer(app.db, account.id);
  const columnOf = (key: string) =>
    key === 'labels'
      ? { kind: 'list' as const, expression: contactLabels(app.db), read: normalize }
      : (standardColumn(app, key) ?? custom.get(key));
  return filterBy(app.db, conditions, { columnOf, now: app.now(), clock: clockOfAccount(account) });
}

function standardColumn({ db }: App, key: string): FilterColumn | undefined {
  switch (key) {
    case 'name':
      return { kind: 'text', expression: sql.ref('name_key') };
    case 'email':
    case 'identifier':
      return { kind: 'text', expression: foldedColumn(db, key) };
    case 'phone_number':
      // Compared without the plus sign, which many users leave out.
      return {
        kind: 'text',
        expression: sql`ltrim(phone_number, '+')`,
        read: (text) => text.replace(/^\+/, ''),
      };
    case 'country_code': {
      const inAttributes = foldedValue(db, 'additional_attributes', key);
      return { kind: 'text', expression: sql`coalesce(${foldedColumn(db, key)}, ${inAttributes})` };
    }
    case 'city':
    case 'company_name':
      return { kind: 'text', expression: foldedValue(db, 'additional_attributes', key) };
    case 'created_at':
    case 'last_activity_at':
      return { kind: 'date', expression: sql.ref(key) };
    case 'blocked':
      return { kind: 'boolean', expression: sql.ref(key) };
    default:
      return undefined;
  }
}

const contactLabels = (db: App['db']) =>
  sql`(select ${jsonListOf(db, 'label')} from contact_labels where contact_labels.contact_id = contacts.id)`;
