/** Integrations, and other lists that clients read at start, as the mobile app does (application-api.md section 6.17). */
import Type, { type Static } from 'typebox';
import { endpoints } from './endpoint.ts';
import { accountParams, accountPath } from './paths.ts';
import { FreeForm, named, object } from './schema.ts';

export const IntegrationApp = named('IntegrationApp', {
  id: Type.String(),
  name: Type.String(),
  description: Type.String(),
  short_description: Type.String(),
  enabled: Type.Boolean(),
  hooks: Type.Array(FreeForm),
});
export type IntegrationApp = Static<typeof IntegrationApp>;

export const agentIntegrations = endpoints({
  agentListIntegrationApps: {
    method: 'GET',
    path: `${accountPath}/integrations/apps`,
    auth: 'agent',
    tag: 'Integrations',
    summary: 'List the integrations on offer',
    params: accountParams,
    returns: object({ payload: Type.Array(IntegrationApp) }),
  },
  agentListMacros: {
    method: 'GET',
    path: `${accountPath}/macros`,
    auth: 'agent',
    tag: 'Integrations',
    summary: 'List the macros: there are none',
    params: accountParams,
    returns: object({ payload: Type.Array(FreeForm) }),
  },
  agentListDashboardApps: {
    method: 'GET',
    path: `${accountPath}/dashboard_apps`,
    auth: 'agent',
    tag: 'Integrations',
    summary: 'List the dashboard apps: there are none',
    params: accountParams,
    returns: Type.Array(FreeForm),
  },
  agentListPortals: {
    method: 'GET',
    path: `${accountPath}/portals`,
    auth: 'agent',
    tag: 'Integrations',
    summary: 'List the help centers: there are none',
    params: accountParams,
    returns: object({
      payload: Type.Array(FreeForm),
      meta: object({ current_page: Type.Integer(), portals_count: Type.Integer() }),
    }),
  },
});
