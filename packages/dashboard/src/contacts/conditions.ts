/** What the contacts are narrowed to, as a saved filter keeps it; and back. */
import type { Condition } from '../api/conditions.ts';
import type { View } from './view.ts';

type Choices = Pick<View, 'q' | 'label'>;

/** Where a text is looked for. */
const searchedAttributes = ['name', 'email', 'phone_number', 'identifier'];

/** None for all contacts, and for who is online: that is no condition of the server's. */
export function toConditions({ q, label }: Choices): Condition[] {
  const text = q.trim();
  if (text)
    return searchedAttributes.map((attribute_key, index) => ({
      attribute_key,
      filter_operator: 'contains',
      values: [text],
      query_operator: index < searchedAttributes.length - 1 ? 'OR' : null,
    }));
  if (!label) return [];
  return [{ attribute_key: 'labels', filter_operator: 'equal_to', values: [label], query_operator: null }];
}

/** @returns undefined for conditions that the controls of the list cannot show */
export function toChoices(conditions: readonly Condition[]): Choices | undefined {
  const value = conditions[0]?.values?.[0];
  if (typeof value !== 'string') return undefined;
  const choices: Choices[] = [
    { q: value, label: null },
    { q: '', label: value },
  ];
  return choices.find((choice) => JSON.stringify(toConditions(choice)) === JSON.stringify(conditions));
}
