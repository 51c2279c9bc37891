/** Accounts: endpoint to verb. */
import type { agentAccounts, agentIntegrations } from '@hoory/contract';
import type { Routes } from '../http/routes.ts';
import { showAccount, showCacheKeys, updateAccount } from './accounts.ts';

export const accountRoutes: Routes<typeof agentAccounts & typeof agentIntegrations> = {
  agentGetAccount: showAccount,
  agentUpdateAccount: updateAccount,
  agentGetCacheKeys: showCacheKeys,
  // Not supported, but clients read these lists when they start (application-api.md section 6.17): they are empty.
  agentListIntegrationApps: async () => ({ payload: [] }),
  agentListMacros: async () => ({ payload: [] }),
  agentListDashboardApps: async () => [],
  agentListPortals: async () => ({ payload: [], meta: { current_page: 1, portals_count: 0 } }),
};
