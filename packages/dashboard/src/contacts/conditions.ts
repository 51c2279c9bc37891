/** Converts the filters of the contacts into the conditions of a saved filter, and back. */
import type { Condition } from '../api/conditions.ts';
import type { View } from './view.ts';

/** The filters that conditions can express. */
type Choices = Pick<View, 'q' | 'label'>;

/** The attributes in which the text field searches. */
const searchedAttributes = ['name', 'email', 'phone_number', 'identifier'];

/** No conditions for all contacts, nor for those who are online: the server has no condition for presence. */
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

/** Tries both filters and compares. @returns undefined for conditions that the controls cannot show */
export function toChoices(conditions: readonly Condition[]): Choices | undefined {
  const value = conditions[0]?.values?.[0];
  if (typeof value !== 'string') return undefined;
  const choices: Choices[] = [
    { q: value, label: null },
    { q: '', label: value },
  ];
  return choices.find((choice) => JSON.stringify(toConditions(choice)) === JSON.stringify(conditions));
}
