/** Saved filters: endpoint to verb. */
import type { agentCustomFilters } from '@hoory/contract';
import type { Routes } from '../http/routes.ts';
import {
  createCustomFilter,
  deleteCustomFilter,
  listCustomFilters,
  showCustomFilter,
  updateCustomFilter,
} from './custom-filters.ts';

export const customFilterRoutes: Routes<typeof agentCustomFilters> = {
  agentListCustomFilters: listCustomFilters,
  agentCreateCustomFilter: createCustomFilter,
  agentGetCustomFilter: showCustomFilter,
  agentUpdateCustomFilter: updateCustomFilter,
  agentDeleteCustomFilter: deleteCustomFilter,
};
