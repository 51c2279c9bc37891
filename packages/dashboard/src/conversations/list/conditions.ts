/** Converts the choices of the filter menu into the conditions of a saved filter, and back. */
import type { Condition } from '../../api/conditions.ts';
import { type Filter, statuses } from '../../live/lists.ts';

/** The fields of a filter that a saved filter can hold. */
type Choices = Pick<Filter, 'status' | 'inbox_id' | 'team_id' | 'label'>;

/** No conditions for the default list, which is not worth saving. */
export function toConditions({ status, inbox_id, team_id, label }: Filter): Condition[] {
  const wanted: [string, string | number | undefined][] = [
    ['status', status === 'all' ? undefined : status],
    ['inbox_id', inbox_id],
    ['team_id', team_id],
    ['labels', label],
  ];
  const set = wanted.flatMap(([attribute_key, value]) =>
    value === undefined ? [] : [{ attribute_key, value }],
  );
  if (status === 'open' && set.length === 1) return [];
  return set.map(({ attribute_key, value }, index) => ({
    attribute_key,
    filter_operator: 'equal_to',
    values: [value],
    query_operator: index < set.length - 1 ? 'AND' : null,
  }));
}

/** @returns undefined for conditions that the controls of the menu cannot show */
export function toChoices(conditions: readonly Condition[]): Choices | undefined {
  const choices: Choices = { status: 'all', inbox_id: undefined, team_id: undefined, label: undefined };
  for (const { attribute_key, filter_operator, values = [], query_operator } of conditions) {
    const [value] = values;
    if (filter_operator !== 'equal_to' || values.length !== 1 || /or/i.test(query_operator ?? ''))
      return undefined;
    const status = statuses.find((one) => one === value);
    if (attribute_key === 'status' && status) choices.status = status;
    else if (attribute_key === 'inbox_id') choices.inbox_id = Number(value);
    else if (attribute_key === 'team_id') choices.team_id = Number(value);
    else if (attribute_key === 'labels') choices.label = String(value);
    else return undefined;
  }
  return choices;
}
