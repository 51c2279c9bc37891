/** The conditions of a saved filter, for the requests that filter conversations or contacts by them. */
import type { ApiInput, ApiOutput } from './api.ts';

export type SavedFilter = ApiOutput<'GET /custom_filters'>[number];

export type Condition = NonNullable<ApiInput<'POST /conversations/filter'>['payload']>[number];

/**
 * The server stores `query` as any JSON and validates conditions only when they are used. This function does not check their contents
 * either: dropping a wrong one would show a longer list instead of an error. Filters of other clients may have none.
 */
export const conditionsOf = ({ query }: Pick<SavedFilter, 'query'>): Condition[] =>
  areConditions(query.payload) ? query.payload : [];

const areConditions = (payload: unknown): payload is Condition[] => Array.isArray(payload);
