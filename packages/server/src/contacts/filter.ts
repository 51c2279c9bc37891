/** The attributes that a filter of contacts may name (application-api.md section 6.7), with their columns. */
import { sql } from 'kysely';
import { clockOfAccount } from '../accounts/time-zone.ts';
import type { App } from '../app.ts';
import { customColumns } from '../custom-attributes/filter-columns.ts';
import { countCandidates } from '../db/bounded-list.ts';
import { jsonListOf } from '../db/dialect.ts';
import { type Condition, type Filter, type FilterColumn, type FilterIndex, filterBy } from '../db/filter.ts';
import { foldedColumn, foldedValue } from '../db/folded-texts.ts';
import type { AccountRow } from '../db/tables.ts';
import { openLabelNormalizer } from '../labels/label-titles.ts';
import { candidatesByKey, candidatesByText } from './folded-columns.ts';
import { selectLabelled } from './labels.ts';

/**
 * The conditions of a filter, over the table `contacts`.
 * @throws unprocessable 422 for an invalid attribute, operator or value
 */
export async function toContactFilter(
  app: App,
  account: AccountRow,
  conditions: readonly Condition[],
): Promise<Filter> {
  const custom = await customColumns(app.db, account.id, 'contact_attribute');
  const normalize = await openLabelNormalizer(app.db, account.id);
  const columnOf = (key: string) =>
    key === 'labels'
      ? labelColumn(app, account.id, normalize)
      : (searchedColumn(app, account.id, key) ?? otherColumn(app, account.id, key) ?? custom.get(key));
  return filterBy(app.db, conditions, { columnOf, now: app.now(), clock: clockOfAccount(account) });
}

/** An attribute that is in the search index. */
function searchedColumn(app: App, account_id: number, key: string): FilterColumn | undefined {
  const index: FilterIndex = {
    operators: ['equal_to', 'contains', 'starts_with'],
    select: ({ texts }) => candidatesByText(app, account_id, texts),
  };
  switch (key) {
    case 'name':
      return { kind: 'text', expression: sql.ref('name_key'), index };
    case 'email':
    case 'identifier':
      return { kind: 'text', expression: foldedColumn(app.db, key), index };
    case 'phone_number': {
      // Compared without the plus sign, which many users leave out.
      const read = (text: string) => text.replace(/^\+/, '');
      return { kind: 'text', expression: sql`ltrim(phone_number, '+')`, read, index };
    }
    default:
      return undefined;
  }
}

function otherColumn(app: App, account_id: number, key: string): FilterColumn | undefined {
  const { db } = app;
  switch (key) {
    case 'country_code': {
      const inAttributes = foldedValue(db, 'additional_attributes', key);
      return { kind: 'text', expression: sql`coalesce(${foldedColumn(db, key)}, ${inAttributes})` };
    }
    case 'city':
    case 'company_name':
      return {
        kind: 'text',
        expression: foldedValue(db, 'additional_attributes', key),
        index: keyIndex(app, account_id, key === 'city' ? 'city_key' : 'company_key'),
      };
    case 'created_at':
      return { kind: 'date', expression: sql.ref(key) };
    case 'last_activity_at':
      return {
        kind: 'date',
        expression: sql.ref(key),
        ...(db.dialect === 'postgres' && { steps: sql.ref('activity_step') }),
      };
    case 'blocked':
      return { kind: 'boolean', expression: sql.ref(key) };
    default:
      return undefined;
  }
}

/** The index of a sort key. */
const keyIndex = (app: App, account_id: number, key: 'city_key' | 'company_key'): FilterIndex => ({
  operators: ['equal_to'],
  select: ({ texts }) => candidatesByKey(app, account_id, { key, texts }),
});

const labelColumn = ({ db }: App, account_id: number, read: (text: string) => string): FilterColumn => ({
  kind: 'list',
  expression: sql`(select ${jsonListOf(db, 'label')} from contact_labels where contact_labels.contact_id = contacts.id)`,
  read,
  index: {
    operators: ['equal_to'],
    select: ({ texts }) => countCandidates(db.longReads, selectLabelled(db, account_id, texts)),
  },
});
