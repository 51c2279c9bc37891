/**
 * Filters that a user has saved for lists of conversations or contacts (application-api.md sections 4.11 and 6.11). The `query`
 * is stored as it came: the screen that saved it reads it again.
 */
import Type, { type Static } from 'typebox';
import { endpoints } from './endpoint.ts';
import { accountParams, accountPath, recordParams } from './paths.ts';
import { FilledText, FreeForm, fields, Id, IsoTime, named, wordOrNumber, words } from './schema.ts';

/** The list that the filter is for, in the order of their numbers, from 0. */
export const FilterType = words('conversation', 'contact', 'report');
export type FilterType = Static<typeof FilterType>;

const FilterTypeInput = wordOrNumber(FilterType);

/** Belongs to one user; nobody else sees it. */
export const CustomFilter = named('CustomFilter', {
  id: Id,
  name: Type.String(),
  filter_type: FilterType,
  query: FreeForm,
  created_at: IsoTime,
  updated_at: IsoTime,
});
export type CustomFilter = Static<typeof CustomFilter>;

const input = fields({
  name: FilledText,
  filter_type: Type.Optional(FilterTypeInput),
  query: Type.Optional(FreeForm),
});

const path = `${accountPath}/custom_filters` as const;

export const agentCustomFilters = endpoints({
  agentListCustomFilters: {
    method: 'GET',
    path,
    auth: 'agent',
    tag: 'Custom filters',
    summary: 'List the own filters of a type',
    params: accountParams,
    query: fields({ filter_type: Type.Optional(FilterTypeInput) }),
    returns: Type.Array(CustomFilter),
  },
  agentCreateCustomFilter: {
    method: 'POST',
    path,
    auth: 'agent',
    root: 'custom_filter',
    tag: 'Custom filters',
    summary: 'Save a filter',
    description: '`query` holds the conditions as `{"payload":[...]}`. A user may keep 1000.',
    params: accountParams,
    body: input,
    returns: CustomFilter,
  },
  agentGetCustomFilter: {
    method: 'GET',
    path: `${path}/{id}`,
    auth: 'agent',
    tag: 'Custom filters',
    summary: 'Read an own filter',
    params: recordParams,
    returns: CustomFilter,
  },
  agentUpdateCustomFilter: {
    method: 'PATCH',
    path: `${path}/{id}`,
    auth: 'agent',
    root: 'custom_filter',
    tag: 'Custom filters',
    summary: 'Change an own filter',
    params: recordParams,
    body: Type.Partial(input),
    returns: CustomFilter,
  },
  agentDeleteCustomFilter: {
    method: 'DELETE',
    path: `${path}/{id}`,
    auth: 'agent',
    tag: 'Custom filters',
    summary: 'Delete an own filter',
    params: recordParams,
    returns: null,
    status: 204,
  },
});
